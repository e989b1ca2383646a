// The way through the lesson: a link to each step, back and next, and the keys that turn it. While it is presented they
// turn the step wherever the focus is, so that a remote always does; only who types keeps them, and a slider has the
// arrows up and down. Where something stands over the lesson it is `still`: no key turns what nobody sees.

const TURNS = { ArrowRight: 1, ArrowLeft: -1, PageDown: 1, PageUp: -1 };
const TYPING = "textarea, [contenteditable], input:not([type=range], [type=checkbox], [type=radio], [role=combobox][aria-expanded=false])";

class Stepper extends Drawing {
  always = true; // a step that was asked for may have come to nothing
  asked = []; // steps, oldest first, that no answer has shown yet

  constructor(root) {
    super(root);
    root.addEventListener("click", (event) => {
      const way = event.target.closest("a, button");
      if (!way || event.ctrlKey || event.metaKey || event.shiftKey) return; // to a window of its own
      event.preventDefault();
      if (way.dataset.end === undefined) this.#go(Number(way.dataset.step));
      else this.tell("end", true);
    });
    this.listeners.keydown = (event) => this.data.present || this.#key(event);
    this.early = (event) => this.data.present && this.#present(event);
  }

  listen() {
    super.listen();
    addEventListener("keydown", this.early, true); // before any control
  }

  leave() {
    super.leave();
    removeEventListener("keydown", this.early, true);
  }

  draw(data) {
    this.data = data;
    const { now, steps, present, texts } = data;
    this.asked = this.asked.slice(this.asked.indexOf(now) + 1);
    if (!this.asked.length) { // else it answers something before: the next key goes on from what was asked last
      this.now = now;
      clearTimeout(this.unanswered);
    }
    const way = (step, name, className, ...children) => {
      const link = element("a", className, ...children);
      if (step < 1 || step > steps.length) set(link, { "aria-disabled": "true", role: "link" });
      else {
        link.href = `?${new URLSearchParams({ ...data.query, step })}`;
        link.dataset.step = step;
      }
      return set(link, { "aria-label": name, title: name });
    };
    const links = steps.map(({ name, title }, i) => way(i + 1, `${i + 1}. ${title}`, "", element("b", "", String(i + 1)), element("span", "", name)));
    links[now - 1]?.setAttribute("aria-current", "step");
    const list = element("ol", "", ...links.map((link) => element("li", "", link)));
    const place = [...this.root.querySelectorAll("a")].indexOf(this.focused);
    const end = present ? set(clickable("turn", { end: "" }, "✕"), { "aria-label": texts.end, title: texts.end }) : "";
    this.root.replaceChildren(way(now - 1, texts.back, "turn", "←"), list, way(now + 1, texts.next, "turn", "→"), end);
    this.root.setAttribute("aria-label", texts.label);
    this.root.dataset.now = now;
    if (place >= 0) this.root.querySelectorAll("a")[place]?.focus();
    const current = links[now - 1]?.parentElement;
    if (current) list.scrollLeft = current.offsetLeft - list.offsetLeft - (list.clientWidth - current.offsetWidth) / 2;
  }

  giveWay() {
    this.asked = [];
    super.giveWay();
  }

  #key(event) {
    if (event.key.startsWith("Arrow") && isFree(event, ".scroll")) this.#turn(event);
  }

  #present(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.isComposing) return;
    const target = event.composedPath()[0];
    const types = target.matches?.(TYPING);
    if (event.key === "Escape") this.#escape(target, types);
    else if (this.data.still) return;
    else if (!types) this.#turn(event);
    else if (event.key === "Enter") target.blur(); // it is read, and the very next key is the steps' again
  }

  // It first ends what is being typed, and what has dropped down, by itself.
  #escape(target, types) {
    if (types) target.blur();
    else if (!target.closest?.("dialog") && !document.querySelector("[data-baseweb=popover], [role=dialog]")) this.tell("end", true);
  }

  #turn(event) {
    const turn = TURNS[event.key];
    const step = this.now + turn;
    if (!turn) return;
    if (this.data.present) event.stopImmediatePropagation();
    if (step < 1 || step > this.data.steps.length) return;
    event.preventDefault();
    this.#go(step);
  }

  #go(step) {
    this.now = step; // two quick presses go two steps
    this.asked.push(step);
    this.awaitAnswer();
    document.dispatchEvent(new CustomEvent("attnviz:step", { detail: step })); // for the picture, which need not wait
    this.tell("go", step);
  }
}

export default mounted(Stepper);
