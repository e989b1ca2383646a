// The line under a panel: how far its picture can be believed. It comes after the picture (see `belief.py`), its place is
// kept, and it is shown for the very numbers alone that it was worked out from.

class Belief {
  constructor() {
    this.said = element("p", "said");
    this.button = set(clickable("how"), { "aria-haspopup": "dialog" });
    this.box = set(element("div", "tip"), { popover: "auto", role: "dialog" });
    this.node = element("div", "belief", this.said, this.box);
    this.node.hidden = true;
    this.button.popoverTargetElement = this.box;
    this.placed = () => beside(this.box, this.button);
    this.box.addEventListener("toggle", ({ newState }) => this.#opened(newState === "open"));
  }

  // What is said of a panel's numbers; nothing until it is known, and of a moment in training.
  show({ about, room, past }, texts) {
    this.node.hidden = !room;
    this.node.dataset.room = `${room} ${texts.how}`;
    this.button.textContent = texts.how;
    this.box.setAttribute("aria-label", texts.how);
    const told = (!past && document.beliefs?.[about]) || null;
    const json = JSON.stringify(told);
    if (json === this.told) return;
    this.told = json;
    if (this.box.matches(":popover-open")) this.box.hidePopover();
    this.said.replaceChildren(...(told ? [told.said, " ", told.how.length ? this.button : ""] : []));
    this.box.replaceChildren(...(told?.how ?? []).map((paragraph) => element("p", "", paragraph)));
    if (texts.examine) this.box.append(clickable("examine", {}, texts.examine)); // its click is heard by the heat-map
  }

  #opened(open) {
    document[open ? "addEventListener" : "removeEventListener"]("scroll", this.placed, true);
    if (open) this.placed();
  }
}
