// Draws a sentence word by word, once for each classifier. What people typed reaches the page through textContent
// alone. Hover, focus and taps are answered here; only what strikes a word out or puts it back goes to Python: a click,
// Enter, and under a finger, which cannot hover, a button in the details that a tap opens.

// Whether a word was struck out in this tab before: then nobody needs the hint. A browser may keep its store shut.
let tried = false;
const triedOut = (now = false) => {
  try {
    if (now) sessionStorage.setItem("attnviz-struck", "1");
    return (tried ||= now || sessionStorage.getItem("attnviz-struck") === "1");
  } catch {
    return (tried ||= now);
  }
};

const NARROW = matchMedia("(max-width: 640px)"); // as heatmap.css has it

class Heatmap extends Drawing {
  constructor(root) {
    super(root);
    this.details = new Details(this);
    this.epochs = new Epochs(() => this.#moved(), (at) => this.#tell("epoch", { at }));
    root.addEventListener("click", (event) => this.#click(event));
    root.addEventListener("keydown", (event) => this.#key(event));
    this.listeners = { pointermove: this.details.moved, "attnviz:chosen": ({ detail }) => this.#ahead(detail), "attnviz:beliefs": () => this.#believe() };
  }

  #tell(event, what) {
    this.tell(event, { digest: this.data.digest, ...what });
  }

  draw(data) {
    this.data = data;
    const words = JSON.stringify([data.words.map((word) => word.text), data.gaps, data.tail, data.panels.map((panel) => panel.id)]);
    if (words !== this.words) this.#build();
    this.words = words;
    this.heading.textContent = data.heading;
    this.heading.hidden = !data.heading;
    this.epochs.draw(data.history);
    this.#struck();
    this.legend.replaceChildren(...(data.legend ? this.#legend(data.legend) : []));
    this.#redraw();
    this.root.dataset.drawn = data.digest;
  }

  // A line of a list has been chosen: its sentence may be here already (see `heatmap.prefetch`).
  #ahead(line) {
    const json = document.prefetched?.[this.data.ahead + line];
    if (json === undefined) return;
    this.show(json ?? this.given);
    this.awaitAnswer();
  }

  #build() {
    const { data } = this;
    this.panels = data.panels.map((panel) => this.#panel(panel));
    this.struck = element("p", "struck");
    this.legend = element("div", "legend");
    this.heading = element("h2", "pinned");
    const { node: tip } = this.details; // it stays, with the focus it may have
    for (const node of [...this.root.children]) if (node !== tip) node.remove();
    tip.before(this.heading, ...this.panels.map((panel) => panel.node), this.struck, this.epochs.node, this.legend);
  }

  // The slider has moved. On a phone the panels have grown small under it: from the first one on they are in sight.
  #moved() {
    this.#redraw();
    const [{ node }] = this.panels;
    if (NARROW.matches && this.epochs.past && node.getBoundingClientRect().top < 0) node.scrollIntoView();
  }

  #redraw() {
    this.root.classList.toggle("learning", Boolean(this.epochs.past));
    this.data.panels.forEach((_, i) => this.#update(this.reading(i), this.panels[i]));
    this.#believe();
    this.details.follow();
  }

  #believe() {
    this.panels.forEach(({ belief }, i) => belief.show(this.reading(i), this.data.texts));
  }

  // What a panel shows: the finished classifier, or what the run's history holds of the epoch that the slider is at.
  reading(i) {
    const panel = this.data.panels[i];
    if (!this.epochs.past) return panel;
    const { history, at } = this.epochs;
    const { weights, shares, levels, probabilities, percents, kept } = history.panels[i];
    const chances = probabilities[at];
    return {
      ...panel,
      past: true,
      note: at === kept ? `${history.names[at]} ▲ ${history.texts.kept}` : history.names[at],
      weights: weights[at],
      shares: shares[at],
      numbers: shares[at].map((share) => percent(share)),
      levels: levels[at],
      scales: levels[at].map(() => "attention"),
      prediction: panel.classes[chances.indexOf(Math.max(...chances))].name,
      classes: panel.classes.map((one, k) => ({ ...one, probability: chances[k], percent: percents[at][k] })),
    };
  }

  #panel(panel) {
    const heading = element("h2", "", panel.name, " ", element("span", "note", panel.note));
    const words = set(element("div", "words"), { dir: "auto", role: "group" });
    const count = this.data.words.length;
    words.dataset.size = count > 60 ? "s" : count > 20 ? "m" : "l";
    let glue = null;
    const buttons = this.data.words.map((word, i) => {
      const number = set(element("span", "number"), { "aria-hidden": "true" });
      const button = clickable("word", { index: i }, element("span", "text", word.text), number);
      if (i === 0 || this.data.gaps[i] !== "" || glue.childElementCount > 3) {
        glue = element("span", "glue"); // a word and the marks that touch it stay on one line
        words.append(element("span", "gap", this.data.gaps[i]), glue);
      }
      glue.append(button);
      return button;
    });
    words.append(element("span", "gap", this.data.gaps[count]), element("span", "tail", this.data.tail));
    const answer = set(element("div", "answer"), { "aria-live": "polite" });
    const belief = new Belief();
    return { node: element("section", "panel", heading, words, answer, belief.node), words, buttons, answer, belief };
  }

  #update(panel, drawn) {
    const { words, texts } = this.data;
    drawn.node.setAttribute("aria-label", panel.name);
    drawn.words.classList.toggle("moving", Boolean(panel.past));
    drawn.answer.setAttribute("aria-live", panel.past ? "off" : "polite"); // the slider says where it is
    drawn.words.setAttribute("aria-label", fill(texts.words, { variant: panel.name }));
    drawn.node.querySelector("h2").firstChild.data = panel.name;
    drawn.node.querySelector(".note").textContent = panel.note;
    drawn.buttons.forEach((button, i) => {
      const word = words[i];
      const number = word.struck ? "\u2013" : panel.numbers[i];
      button.className = `word ${word.known ? "" : "unseen"} ${word.struck ? "" : `${panel.scales[i]}${Math.abs(panel.levels[i])}`}`;
      set(button, {
        "aria-pressed": word.struck,
        "aria-label": word.known ? word.text : `${word.text} (${texts.unseen})`,
        "aria-description": word.struck ? texts.out : number,
      });
      button.lastChild.textContent = number;
    });
    const verdict = element("div", "verdict", panel.prediction);
    if (panel.was) verdict.append(element("small", "", panel.was));
    const classes = element("dl", "classes", ...panel.classes.map((one) => this.#class(one)));
    drawn.answer.replaceChildren(verdict, classes, element("p", "sum", panel.sum));
  }

  #class(one) {
    const bar = element("span", "fill");
    bar.style.width = percent(one.probability);
    bar.style.backgroundColor = one.colour;
    const track = set(element("dd", "track", bar), { "aria-hidden": "true" });
    const number = element("dd", "", one.percent);
    if (one.was !== null) {
      const was = element("span", "was");
      was.style.insetInlineStart = percent(one.was);
      track.append(was);
      number.append(element("span", "change", one.change));
    }
    return element("div", "class", element("dt", "", one.name), track, number);
  }

  #struck() {
    const out = this.data.words.filter((word) => word.struck).map((word) => word.text);
    const { texts } = this.data;
    const without = element("span", "", fill(texts.without, { words: out.join(", ") }));
    const hint = this.data.legend && !triedOut() && element("span", "try", matchMedia("(hover: none)").matches ? texts.hintTouch : texts.hint);
    this.struck.replaceChildren(...(out.length ? [without, clickable("back", {}, texts.back)] : hint ? [hint] : []));
  }

  #legend({ scale: colours, ticks, share, meaning }) {
    const scale = element("div", "scale", element("div", `strip ${colours}`));
    for (const [place, text] of ticks) {
      const tick = element("span", "tick", text);
      tick.style.left = percent(place);
      scale.append(tick);
    }
    const says = element("div", "", element("p", "", meaning));
    if (this.data.doubt) says.append(element("p", "", this.data.doubt));
    if (share) {
      const mark = element("span", "share");
      mark.style.left = percent(share.place);
      scale.append(mark);
      says.prepend(element("p", "", element("span", "key"), share.text));
    }
    if (this.data.words.some((word) => !word.known)) says.append(element("p", "", this.data.texts.mark));
    return [scale, says];
  }

  #click({ target, detail }) {
    if (target.closest(".examine")) {
      const at = this.panels.findIndex(({ node }) => node.contains(target));
      target.closest("[popover]").hidePopover();
      return this.#tell("examine", { panel: at });
    }
    if (target.closest(".back")) return this.#tell("strike", { words: [] });
    const way = target.closest(".way");
    if (way) return this.#tell("open", { page: way.dataset.page, word: Number(way.dataset.index) });
    const button = target.closest(".word, .strike");
    if (!this.details.tap(target, button, detail > 0) && button) this.#toggle(Number(button.dataset.index)); // a key's click has no detail
  }

  #toggle(i) {
    const out = !this.data.words[i].struck;
    triedOut(true);
    this.data.words[i].struck = out; // shown at once; the answer that follows draws it again
    for (const panel of this.data.panels) panel.about = null; // what was said is of the sentence as it was
    this.#believe();
    this.json = null;
    this.awaitAnswer();
    this.details.escape(); // what is said of the word is old, and the answer may lie under it
    for (const panel of this.panels) panel.buttons[i].setAttribute("aria-pressed", String(out));
    this.#tell("strike", { words: this.data.words.flatMap((word, index) => (word.struck ? [index] : [])) });
  }

  #key(event) {
    if (event.key === "ArrowDown" && event.target.matches?.(".word")) {
      event.preventDefault();
      return this.details.into(event.target);
    }
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const button = step && event.target.closest?.(".word");
    if (!button) return;
    const panel = this.panels.find((one) => one.buttons.includes(button));
    const next = panel.buttons[Number(button.dataset.index) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
}

export default mounted(Heatmap);
