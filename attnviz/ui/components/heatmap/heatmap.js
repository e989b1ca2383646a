// Draws a sentence word by word, once for each classifier. What people typed reaches the page through textContent
// alone. Hover, focus and taps are answered here; only what strikes a word out or puts it back goes to Python: a click,
// Enter, and under a finger, which cannot hover, a button in the details that a tap opens.

const element = (tag, className = "", text = "") => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
};
const fill = (template, values) => template.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const signed = (number, digits = 2) => {
  const rounded = Math.abs(number).toFixed(digits);
  return Number(rounded) === 0 ? rounded : (number < 0 ? "\u2212" : "+") + rounded;
};
const percent = (share, digits = 1) => (100 * share).toFixed(digits) + "%";
const chance = (share) => (share > 0.9995 ? ">99.9%" : share < 0.0005 ? "<0.1%" : percent(share));

const PATIENCE = 4000; // ms that a click may wait for its answer

class Heatmap {
  constructor(root, strike, open, rests) {
    this.root = root;
    this.strike = strike;
    this.open = open;
    this.epochs = new Epochs(element, () => this.#redraw(), rests);
    this.tip = element("div", "tip");
    this.tip.id = "tip";
    this.tip.setAttribute("popover", "manual");
    root.addEventListener("pointerdown", (event) => (this.finger = event.pointerType === "touch"));
    // A word that comes to lie under a pointer at rest does not open its details.
    this.moved = ({ screenX, screenY }) => (this.rest = `${screenX} ${screenY}`);
    root.addEventListener("pointerover", (event) => {
      if (event.pointerType !== "touch" && `${event.screenX} ${event.screenY}` !== this.rest) this.#enter(event.target);
    });
    root.addEventListener("pointerout", (event) => event.pointerType !== "touch" && this.#leave());
    root.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && this.#enter(event.target));
    root.addEventListener("focusout", () => this.#leave());
    root.addEventListener("click", (event) => this.#click(event));
    root.addEventListener("keydown", (event) => this.#key(event));
    this.scrolled = () => this.#place();
    this.pressed = (event) => event.key === "Escape" && this.#escape();
    this.elsewhere = (event) => !event.composedPath().includes(this.root) && this.#hide();
    this.chosen = ({ detail }) => this.#ahead(detail);
  }

  listen() {
    document.addEventListener("pointermove", this.moved);
    document.addEventListener("attnviz:chosen", this.chosen);
  }

  leave() {
    document.removeEventListener("pointermove", this.moved);
    document.removeEventListener("attnviz:chosen", this.chosen);
  }

  draw(json) {
    if (json === this.json) return;
    this.json = json;
    const data = JSON.parse(json);
    this.data = data;
    const words = JSON.stringify([data.words.map((word) => word.text), data.gaps, data.tail, data.panels.map((panel) => panel.id)]);
    if (words !== this.words) this.#build();
    this.words = words;
    this.#hide();
    this.heading.textContent = data.heading;
    this.heading.hidden = !data.heading;
    this.epochs.draw(data.growth);
    this.#redraw();
    this.#struck();
    this.legend.replaceChildren(...(data.legend ? this.#legend(data.legend) : []));
    this.root.dataset.drawn = data.digest;
  }

  // A line of a list has been chosen: its sentence may be here already (see `heatmap.ahead`).
  #ahead(line) {
    const json = document.drawingsAhead?.[line];
    if (json === undefined) return;
    this.draw(json ?? this.given);
    this.#awaitAnswer();
  }

  // What is shown before the server has answered gives way if nothing comes of it, as when Back comes in between.
  #awaitAnswer() {
    clearTimeout(this.unanswered);
    this.unanswered = setTimeout(() => {
      const { words } = JSON.parse(this.given);
      if (this.root.isConnected && JSON.stringify(words) !== JSON.stringify(this.data.words)) this.draw(this.given);
    }, PATIENCE);
  }

  #build() {
    const { data } = this;
    this.panels = data.panels.map((panel) => this.#panel(panel));
    this.struck = element("p", "struck");
    this.legend = element("div", "legend");
    this.heading = element("h2", "pinned");
    this.root.replaceChildren(this.heading, ...this.panels.map((panel) => panel.node), this.struck, this.epochs.node, this.legend, this.tip);
  }

  #redraw() {
    this.data.panels.forEach((_, i) => this.#update(this.#reading(i), this.panels[i]));
  }

  // What a panel shows: the finished classifier, or what the run's history holds of the epoch that the slider is at.
  #reading(i) {
    const panel = this.data.panels[i];
    if (!this.epochs.past) return panel;
    const { growth, at } = this.epochs;
    const { weights, levels, probabilities, kept } = growth.panels[i];
    const chances = probabilities[at];
    return {
      ...panel,
      past: true,
      note: at === kept ? `${growth.names[at]} ▲ ${growth.texts.kept}` : growth.names[at],
      weights: weights[at],
      numbers: weights[at].map((weight) => percent(weight)),
      levels: levels[at],
      scales: levels[at].map(() => "attention"),
      prediction: panel.classes[chances.indexOf(Math.max(...chances))].name,
      classes: panel.classes.map((one, k) => ({ ...one, probability: chances[k] })),
    };
  }

  #panel(panel) {
    const node = element("section", "panel");
    const heading = element("h2", "", panel.name);
    heading.append(" ", element("span", "note", panel.note));
    const words = element("div", "words");
    words.dir = "auto";
    words.setAttribute("role", "group");
    const count = this.data.words.length;
    words.dataset.size = count > 60 ? "s" : count > 20 ? "m" : "l";
    let glue = null;
    const buttons = this.data.words.map((word, i) => {
      const button = element("button", "word");
      button.type = "button";
      button.dataset.index = i;
      button.append(element("span", "text", word.text), element("span", "number"));
      button.lastChild.setAttribute("aria-hidden", "true");
      if (i === 0 || this.data.gaps[i] !== "" || glue.childElementCount > 3) {
        glue = element("span", "glue"); // a word and the marks that touch it stay on one line
        words.append(element("span", "gap", this.data.gaps[i]), glue);
      }
      glue.append(button);
      return button;
    });
    words.append(element("span", "gap", this.data.gaps[count]), element("span", "tail", this.data.tail));
    const answer = element("div", "answer");
    answer.setAttribute("aria-live", "polite");
    node.append(heading, words, answer);
    return { node, words, buttons, answer };
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
      button.setAttribute("aria-pressed", String(word.struck));
      button.setAttribute("aria-label", word.known ? word.text : `${word.text} (${texts.unseen})`);
      button.setAttribute("aria-description", word.struck ? texts.out : number);
      button.lastChild.textContent = number;
    });
    const verdict = element("div", "verdict", panel.prediction);
    if (panel.was) verdict.append(element("small", "", panel.was));
    const classes = element("dl", "classes");
    classes.append(...panel.classes.map((one) => this.#class(one)));
    drawn.answer.replaceChildren(verdict, classes, element("p", "sum", panel.sum));
  }

  #class(one) {
    const row = element("div", "class");
    const track = element("dd", "track");
    track.setAttribute("aria-hidden", "true");
    const bar = element("span", "fill");
    bar.style.width = percent(one.probability);
    bar.style.backgroundColor = one.colour;
    track.append(bar);
    const number = element("dd", "", chance(one.probability));
    if (one.was !== null) {
      const was = element("span", "was");
      was.style.insetInlineStart = percent(one.was);
      track.append(was);
      number.append(element("span", "change", signed(100 * (one.probability - one.was), 1)));
    }
    row.append(element("dt", "", one.name), track, number);
    return row;
  }

  #struck() {
    const out = this.data.words.filter((word) => word.struck).map((word) => word.text);
    this.struck.replaceChildren();
    if (!out.length) return;
    const back = element("button", "back", this.data.texts.back);
    back.type = "button";
    this.struck.append(element("span", "", fill(this.data.texts.without, { words: out.join(", ") })), back);
  }

  #legend({ scale: colours, ticks, share, lines }) {
    const scale = element("div", "scale");
    scale.append(element("div", `strip ${colours}`));
    for (const [place, text] of ticks) {
      const tick = element("span", "tick", text);
      tick.style.left = percent(place);
      scale.append(tick);
    }
    const says = element("div");
    says.append(...lines.map((line) => element("p", "", line)));
    if (share) {
      const mark = element("span", "share");
      mark.style.left = percent(share.place);
      scale.append(mark);
      const line = element("p", "", share.text);
      line.prepend(element("span", "key"));
      says.prepend(line);
    }
    if (this.data.words.some((word) => !word.known)) says.append(element("p", "", this.data.texts.mark));
    return [scale, says];
  }

  #enter(target) {
    if (this.tip.contains(target)) return clearTimeout(this.leaving);
    const button = target.closest?.(".word");
    if (button) this.#show(button, false);
  }

  #leave() {
    if (this.tapped) return; // until a tap elsewhere
    clearTimeout(this.leaving);
    this.leaving = setTimeout(() => this.#hide(), 120); // time to reach the tip with the pointer
  }

  #escape() {
    const from = this.tip.contains(this.root.getRootNode().activeElement) ? this.described : null;
    this.#hide();
    from?.focus();
    if (from) this.#hide(); // the focus opened it again
  }

  #hide() {
    this.#mark(-1);
    this.tapped = null;
    if (this.tip.matches(":popover-open")) this.tip.hidePopover();
    document.removeEventListener("keydown", this.pressed);
    document.removeEventListener("pointerdown", this.elsewhere);
    document.removeEventListener("scroll", this.scrolled, true);
    this.described?.removeAttribute("aria-describedby");
  }

  #mark(index, from) {
    for (const twin of this.root.querySelectorAll(".twin")) twin.classList.remove("twin");
    this.panels.forEach((panel, i) => i !== from && panel.buttons[index]?.classList.add("twin"));
  }

  #show(button, tapped) {
    clearTimeout(this.leaving);
    const i = Number(button.dataset.index);
    const drawn = this.panels.findIndex((one) => one.buttons[i] === button);
    const panel = this.#reading(drawn);
    this.#mark(i, drawn);
    this.described?.removeAttribute("aria-describedby");
    this.described = button;
    this.tapped = tapped ? button : null;
    this.upwards = drawn !== this.panels.length - 1; // away from the other panels, where the same word is marked
    this.tip.setAttribute("role", tapped ? "group" : "tooltip");
    this.tip.replaceChildren(...this.#details(panel, i), this.#offer(i, tapped), this.#elsewhere(i));
    if (!this.tip.matches(":popover-open")) this.tip.showPopover();
    this.#place();
    button.setAttribute("aria-describedby", "tip");
    document.addEventListener("keydown", this.pressed);
    document.addEventListener("pointerdown", this.elsewhere);
    document.addEventListener("scroll", this.scrolled, true);
  }

  #place() {
    const word = this.described.getBoundingClientRect();
    const tip = this.tip.getBoundingClientRect();
    const above = word.top - tip.height - 8;
    const below = word.bottom + 8;
    const upwards = below + tip.height > window.innerHeight || (this.upwards && above > 4);
    this.tip.style.top = `${upwards ? Math.max(4, above) : below}px`;
    this.tip.style.left = `${Math.max(4, Math.min(word.left, document.documentElement.clientWidth - tip.width - 4))}px`;
  }

  #details(panel, i) {
    const { texts, labels, words } = this.data;
    const word = words[i];
    const nodes = [element("b", "", word.text)];
    if (word.struck) return [...nodes, element("p", "", texts.out)];
    const weight = panel.weights[i];
    const ratio = weight * words.filter((one) => !one.struck).length;
    nodes.push(element("p", "", fill(texts.weight, { weight: weight.toFixed(4), ratio: ratio.toFixed(ratio < 10 ? 2 : 1) })));
    if (panel.past) return [...nodes, element("p", "", panel.note)]; // the history holds no more
    nodes.push(element("p", "", fill(texts.score, { score: signed(panel.scores[i], 3) })));
    const table = element("table");
    const head = table.createTHead().insertRow();
    for (const text of ["", texts.vote, texts.contribution]) head.append(element("th", "", text));
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

  // What follows the details: under a finger the button that strikes the word out, else what a click does.
  #offer(i, tapped) {
    const { texts, words } = this.data;
    const click = this.epochs.past ? this.epochs.growth.texts.past : words[i].struck ? texts.clickBack : texts.click;
    if (!tapped) return element("p", "hint", `${click} ${texts.into}`);
    const button = element("button", "strike", words[i].struck ? texts.restore : texts.strike);
    button.type = "button";
    button.dataset.index = i;
    return button;
  }

  // The ways to the other pages: what a word's vector is made of if it is unknown, and what fine-tuning did around it.
  #elsewhere(i) {
    const ways = element("div", "ways");
    for (const page of this.data.words[i].known ? ["embeddings"] : ["subwords", "embeddings"]) {
      const button = element("button", "way", `${this.data.texts[page]} →`);
      button.type = "button";
      button.dataset.page = page;
      button.dataset.index = i;
      ways.append(button);
    }
    return ways;
  }

  #click({ target, detail }) {
    if (target.closest(".back")) return this.strike([]);
    const way = target.closest(".way");
    if (way) return this.open(way.dataset.page, Number(way.dataset.index));
    const button = target.closest(".word, .strike");
    if (!button) return this.finger && !this.tip.contains(target) ? this.#hide() : undefined;
    const byFinger = this.finger && detail > 0; // a key's click has no detail
    if (byFinger && button.matches(".word")) return this.tapped === button ? this.#hide() : this.#show(button, true);
    this.#toggle(Number(button.dataset.index));
  }

  #toggle(i) {
    const out = !this.data.words[i].struck;
    this.data.words[i].struck = out; // shown at once; the answer that follows draws it again
    this.json = null;
    this.#awaitAnswer();
    for (const panel of this.panels) panel.buttons[i].setAttribute("aria-pressed", String(out));
    this.strike(this.data.words.flatMap((word, index) => (word.struck ? [index] : [])));
  }

  #key(event) {
    if (event.key === "ArrowDown" && event.target.matches?.(".word")) {
      event.preventDefault();
      this.#show(event.target, true);
      return this.tip.querySelector("button").focus();
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

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".heatmap");
  root.drawing ??= new Heatmap(root, (words) => root.send(words), (page, word) => root.open(page, word), (at) => root.rests(at));
  root.send = (words) => setTriggerValue("strike", { digest: root.drawing.data.digest, words });
  root.open = (page, word) => setTriggerValue("open", { digest: root.drawing.data.digest, page, word });
  root.rests = (at) => setTriggerValue("epoch", { digest: root.drawing.data.digest, at });
  root.drawing.given = data.json;
  root.drawing.listen();
  root.drawing.draw(data.json);
  return () => root.drawing.leave();
}
