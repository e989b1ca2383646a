// The box of a word's details: what stands behind its colour, and what can be done with the word. A pointer, the focus or
// a tap opens it, and it stays with its word while that is drawn anew.

// Puts an open box below what it is of, or above it, where there is room.
const beside = (box, anchor, preferAbove = false) => {
  const of = anchor.getBoundingClientRect();
  const size = box.getBoundingClientRect();
  const above = of.top - size.height - 8;
  const below = of.bottom + 8;
  const upwards = below + size.height > window.innerHeight || (preferAbove && above > 4);
  box.style.top = `${upwards ? Math.max(4, above) : below}px`;
  box.style.left = `${Math.max(4, Math.min(of.left, document.documentElement.clientWidth - size.width - 4))}px`;
};

class Details {
  constructor(heatmap) {
    this.heatmap = heatmap;
    this.root = heatmap.root;
    this.node = set(element("div", "tip"), { id: "tip", popover: "manual" });
    this.root.append(this.node);
    this.root.addEventListener("pointerdown", (event) => (this.finger = event.pointerType === "touch"));
    // A word that comes to lie under a pointer at rest does not open its details.
    this.moved = ({ clientX, clientY, screenX, screenY }) => {
      this.pointer = [clientX, clientY];
      this.rest = `${screenX} ${screenY}`;
    };
    this.root.addEventListener("pointerover", (event) => {
      if (event.pointerType !== "touch" && `${event.screenX} ${event.screenY}` !== this.rest) this.#enter(event.target);
    });
    this.root.addEventListener("pointerout", (event) => event.pointerType !== "touch" && this.#leave());
    this.root.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && this.#enter(event.target));
    this.root.addEventListener("focusout", () => this.#leave());
    this.scrolled = () => this.#place();
    this.pressed = (event) => event.key === "Escape" && this.escape();
    this.elsewhere = (event) => !event.composedPath().includes(this.root) && this.hide();
  }

  // A click is the details' if a finger made it: on a word it opens or closes them, beside one it closes them.
  tap(target, button, pointed) {
    if (!this.finger || !pointed) return false;
    if (button?.matches(".word")) {
      if (this.tapped === button) this.hide();
      else this.#show(button, true);
      return true;
    }
    if (!button && !this.node.contains(target)) this.hide();
    return false;
  }

  into(button) {
    this.#show(button, true);
    this.node.querySelector("button").focus();
  }

  // The heat-map has been drawn anew: the word may have other numbers, another button, or be gone.
  follow() {
    if (!this.described) return;
    const { data, panels } = this.heatmap;
    const panel = this.of.digest === data.digest ? data.panels.findIndex(({ id }) => id === this.of.panel) : -1;
    const button = panels[panel]?.buttons[this.of.word];
    if (!button || (button !== this.described && !this.tapped && !this.#isHeld(button))) return this.hide();
    const focused = [...this.node.querySelectorAll("button")].indexOf(this.heatmap.focused);
    this.#fill(button, Boolean(this.tapped));
    this.node.querySelectorAll("button")[focused]?.focus();
  }

  escape() {
    const from = this.node.contains(this.heatmap.focused) ? this.described : null;
    this.hide();
    from?.focus();
    if (from) this.hide(); // the focus opened it again
  }

  hide() {
    this.#mark(-1);
    this.tapped = null;
    if (this.node.matches(":popover-open")) this.node.hidePopover();
    document.removeEventListener("keydown", this.pressed);
    document.removeEventListener("pointerdown", this.elsewhere);
    document.removeEventListener("scroll", this.scrolled, true);
    this.described?.removeAttribute("aria-describedby");
    this.described = null;
  }

  // A new button has had no event that would close the details: is the pointer where its word lies now, or on the box?
  #isHeld(button) {
    const under = this.pointer && this.root.getRootNode().elementFromPoint(...this.pointer);
    return this.heatmap.focused === button || this.node.contains(under) || under?.closest?.(".word") === button;
  }

  #enter(target) {
    if (this.node.contains(target)) return clearTimeout(this.leaving);
    const button = target.closest?.(".word");
    if (button) this.#show(button, false);
  }

  #leave() {
    if (this.tapped) return; // until a tap elsewhere
    clearTimeout(this.leaving);
    this.leaving = setTimeout(() => this.hide(), 120); // time to reach the box with the pointer
  }

  #mark(index, from) {
    for (const twin of this.root.querySelectorAll(".twin")) twin.classList.remove("twin");
    this.heatmap.panels.forEach((panel, i) => i !== from && panel.buttons[index]?.classList.add("twin"));
  }

  #show(button, tapped) {
    clearTimeout(this.leaving);
    this.#fill(button, tapped);
    document.addEventListener("keydown", this.pressed);
    document.addEventListener("pointerdown", this.elsewhere);
    document.addEventListener("scroll", this.scrolled, true);
  }

  #fill(button, tapped) {
    const { data, panels } = this.heatmap;
    const word = Number(button.dataset.index);
    const drawn = panels.findIndex((one) => one.buttons[word] === button);
    this.of = { digest: data.digest, panel: data.panels[drawn].id, word };
    this.#mark(word, drawn);
    this.described?.removeAttribute("aria-describedby");
    this.described = button;
    this.tapped = tapped ? button : null;
    this.upwards = drawn !== panels.length - 1; // away from the other panels, where the same word is marked
    this.node.setAttribute("role", tapped ? "group" : "tooltip");
    this.node.replaceChildren(...this.#numbers(this.heatmap.reading(drawn), word), this.#offer(word, tapped), this.#ways(word));
    if (!this.node.matches(":popover-open")) this.node.showPopover();
    this.#place();
    button.setAttribute("aria-describedby", "tip");
  }

  #place() {
    beside(this.node, this.described, this.upwards);
  }

  #numbers(panel, i) {
    const { texts, labels, words } = this.heatmap.data;
    const word = words[i];
    const nodes = [element("b", "", word.text)];
    if (word.struck) return [...nodes, element("p", "", texts.out)];
    const weight = panel.weights[i];
    const ratio = weight * (panel.positions ?? words.filter((one) => !one.struck).length);
    nodes.push(element("p", "", fill(texts.weight, { weight: panel.shares[i].toFixed(3), ratio: ratio.toFixed(ratio < 10 ? 2 : 1) })));
    if (panel.past) return [...nodes, element("p", "", panel.note)]; // the history holds no more
    nodes.push(element("p", "", fill(texts.score, { score: signed(panel.scores[i], 3) })));
    const table = element("table");
    head(table, ["", texts.vote, texts.contribution]);
    const body = table.createTBody();
    labels.forEach((label, k) => {
      const row = body.insertRow();
      row.append(element("th", "", label), element("td", "", signed(panel.votes[i][k], 3)), element("td", "", signed(panel.contributions[i][k], 3)));
    });
    nodes.push(table);
    if (word.origin) nodes.push(element("p", "", word.origin));
    if (word.ngrams.length) nodes.push(element("p", "ngrams", word.ngrams.join("  ") + (word.more ? `  ${word.more}` : "")));
    return nodes;
  }

  // What follows the numbers: under a finger the button that strikes the word out, else what a click does.
  #offer(i, tapped) {
    const { data, epochs } = this.heatmap;
    const { texts, words } = data;
    const click = epochs.past ? epochs.history.texts.past : words[i].struck ? texts.clickBack : texts.click;
    if (!tapped) return element("p", "hint", `${click} ${texts.into}`);
    return clickable("strike", { index: i }, words[i].struck ? texts.restore : texts.strike);
  }

  // The ways to the other pages: what a word's vector is made of if it is unknown, and what fine-tuning did around it.
  #ways(i) {
    const { texts, words } = this.heatmap.data;
    const offered = words[i].known ? ["embeddings"] : ["subwords", "embeddings"];
    return element("div", "ways", ...offered.map((page) => clickable("way", { page, index: i }, `${texts[page]} →`)));
  }
}
