// What the last row is to read: how to join, what is asked, how many take part, and what the answers come to. All of it
// reaches the page through textContent alone.

const SQUARES = (rows) => rows.flatMap((row, y) => [...row].map((square, x) => (square === "1" ? `M${x + 4} ${y + 4}h1v1h-1z` : ""))).join("");

class ClassBoard extends Drawing {
  constructor(root) {
    super(root);
    this.bar = element("div", "bar");
    this.main = element("div", "main");
    this.dialog = element("dialog");
    this.dialog.addEventListener("click", ({ target }) => target.closest(".joining") || this.dialog.close());
    this.dialog.addEventListener("close", () => this.dialog.replaceChildren());
    root.addEventListener("click", ({ target }) => target.closest(".code") && this.#large());
    root.replaceChildren(this.bar, this.main, this.dialog);
  }

  draw(data) {
    this.data = data;
    this.#bar(data);
    // counts change every second: nothing else is to be drawn anew for them, or a focus and a scroll would be lost
    const main = JSON.stringify([data.join, data.round, data.texts]);
    if (main !== this.drawn) {
      this.main.replaceChildren(...(data.round ? this.#round(data.round) : [this.#joining(data.join, true)]));
      this.drawn = main;
    }
    this.root.dataset.state = data.round?.state ?? "";
    this.#inSight(JSON.stringify([data.round?.title, data.round?.question]));
  }

  // Another round begins at its top, wherever the button was that opened it.
  #inSight(key) {
    if (key === this.begun) return;
    this.begun = key;
    requestAnimationFrame(() => this.root.getBoundingClientRect().top < 0 && this.root.scrollIntoView({ block: "start" }));
  }

  #bar({ join, round, counts, texts }) {
    const numbers = counts.map(([number, word]) => element("span", "count", element("b", "", number), " ", word));
    const key = JSON.stringify([join.code, join.where, round?.title, round?.stateName]);
    if (key !== this.barred) {
      this.barred = key;
      this.numbers = element("span", "counts");
      const code = set(clickable("code", {}, element("b", "", join.code), element("span", "where", join.where)), { title: texts.larger });
      code.setAttribute("aria-label", `${texts.larger}: ${join.code}, ${join.where}`);
      const state = round ? element("span", `state ${round.state}`, round.title, ...(round.stateName ? [" · ", element("b", "", round.stateName)] : [])) : "";
      this.bar.replaceChildren(...(round ? [code, state] : []), this.numbers);
    }
    this.numbers.replaceChildren(...numbers);
  }

  // How to join: a code for cameras, an address to type, and the code of the classroom.
  #joining(join, here) {
    const { texts } = this.data;
    const side = join.rows.length + 8; // with the quiet zone
    const drawn = vector("svg", { viewBox: `0 0 ${side} ${side}`, role: "img", "aria-label": texts.qr, "shape-rendering": "crispEdges" },
      vector("path", { d: `M0 0h${side}v${side}h-${side}z`, fill: "#fff" }), vector("path", { d: SQUARES(join.rows), fill: "#000" }));
    const told = element("div", "told",
      element("p", "step", texts.open), element("p", "where", join.where),
      element("p", "step", texts.type), element("p", "large", join.code));
    const picture = here ? set(clickable("code picture", {}, drawn), { "aria-label": texts.larger, title: texts.larger }) : element("div", "picture", drawn);
    return element("div", "joining", picture, told, join.local ? element("p", "local", ...withOptions(join.local)) : "");
  }

  #large() {
    const close = clickable("close", {}, this.data.texts.close);
    close.addEventListener("click", () => this.dialog.close());
    this.dialog.replaceChildren(this.#joining(this.data.join, false), close);
    set(this.dialog, { "aria-label": this.data.texts.join });
    this.dialog.showModal();
  }

  #round(round) {
    const parts = round.question ? [element("h2", "question", round.question)] : [];
    if (round.words && !round.found) parts.push(this.#sentence(round));
    if (round.choices) parts.push(element("ul", "choices", ...round.choices.map((choice) => element("li", "", choice))));
    if (round.bars) parts.push(this.#bars(round.bars));
    if (round.found) parts.push(...round.found.map((one) => this.#words(one, round)));
    if (round.legend) parts.push(this.#legend(round.legend));
    if (round.note) parts.push(element("p", "about note", round.note));
    return parts;
  }

  #sentence({ words, tail }) {
    const line = set(element("p", "sentence"), { dir: "auto" });
    line.dataset.size = words.length > 60 ? "s" : words.length > 24 ? "m" : "l";
    line.append(...words.flatMap(({ text, gap }) => [gap, element("span", "", text)]), tail);
    return line;
  }

  // The words as the class, or as a classifier, looks at them.
  #words({ name, note, scale, levels, numbers, said }, { words, tail }) {
    const line = set(element("div", "words"), { dir: "auto" });
    line.dataset.size = words.length > 60 ? "s" : words.length > 24 ? "m" : "l";
    words.forEach(({ text, gap }, i) => {
      const word = element("span", `word ${scale}${levels[i]}`, element("span", "text", text), element("small", "", numbers[i]));
      line.append(gap, word);
    });
    line.append(tail);
    const head = element("h3", "", name, " ", element("span", "beside", note));
    return set(element("section", `found of-${scale}`, head, line, said ? element("p", "said", said) : ""), { "aria-label": name });
  }

  #bars(bars) {
    const table = element("table", "bars");
    for (const { name, count, share, right } of bars) {
      const row = table.insertRow();
      if (right) row.className = "right";
      rowHead(row, name);
      const bar = element("span", "fill");
      bar.style.width = percent(share);
      row.insertCell().append(bar);
      row.insertCell().append(element("b", "", count));
      row.insertCell().append(right ? `✓ ${right}` : "");
    }
    return table;
  }

  #legend(scales) {
    return element("div", "legend", ...scales.map(({ scale, meaning }) =>
      element("p", "", "0% ", element("span", `strip ${scale}-strip`), " 100% ", element("span", "meaning", meaning))));
  }
}

export default mounted(ClassBoard);
