// Draws words as letters in a row with their n-grams under the letters they cover. What people typed reaches the page
// through textContent alone. Pointing at a bar is answered here; only a click on a near word goes back to Python.

const isNothing = (share) => !/[1-9]/.test(share);

class NgramView extends Drawing {
  constructor(root) {
    super(root);
    for (const event of ["pointerover", "focusin", "click"]) root.addEventListener(event, ({ target }) => this.#read(target));
    root.addEventListener("pointerleave", () => this.#read(this.focused ?? root));
    root.addEventListener("click", ({ target }) => this.#click(target));
    root.addEventListener("keydown", (event) => rove(event, [...(event.target.closest?.(".bars")?.querySelectorAll(".bar") ?? [])]));
  }

  draw(data) {
    this.data = data;
    const focused = this.focused?.dataset.key; // who moves by keyboard stays where they are
    const { panels, pair, contrast, lines, texts } = this.data;
    const words = element("div", "words", ...panels.map((panel) => this.#panel(panel)));
    words.dataset.count = panels.length;
    if (pair) words.children[0].after(this.#pair(pair));
    const legend = element("div", "legend", ...lines.map((line) => element("p", "", line)));
    if (pair) legend.firstChild.append(" ", element("span", "sample", texts.sharedKey));
    this.root.replaceChildren(words, legend, this.#contrast(contrast));
    if (focused) this.root.querySelector(`[data-key="${focused}"]`)?.focus();
    this.root.dataset.drawn = panels.map((panel) => panel.word).join(" ");
  }

  #panel(panel) {
    const { texts } = this.data;
    const verdict = element("span", `verdict ${panel.known ? "known" : "oov"}`, panel.verdict);
    const heading = element("h2", "", element("bdi", "", panel.word), " ", verdict);
    const last = panel.letters.length - 1;
    const letters = element("div", "letters", ...panel.letters.map((letter, i) => element("span", i % last ? "" : "mark", letter)));
    letters.setAttribute("aria-hidden", "true");
    const spelling = element("div", "spelling", ...panel.spelling.map((letters) => element("span", "", letters)));
    spelling.setAttribute("aria-hidden", "true");
    const own = panel.own ? this.#bar(panel.own, panel, -1) : element("span", "none", panel.none);
    const bars = element("div", "bars", own, ...panel.bars.map((bar, i) => this.#bar(bar, panel, i)));
    const first = bars.querySelector("button");
    if (first) first.tabIndex = 0; // one stop for the tab key; arrows go on from there
    const picture = element("div", "picture", letters, ...(panel.spelling.length ? [spelling] : []), bars); // Hebrew and Arabic run from the right
    set(picture, { dir: "auto", role: "group", "aria-label": fill(texts.picture, { word: panel.word }) });
    picture.style.setProperty("--letters", panel.letters.length);
    picture.style.setProperty("--columns", panel.columns);
    picture.classList.toggle("spelled", panel.bars.some((bar) => bar.ofLetters));
    const readout = element("p", "readout", first ? hintOf(texts) : "");
    const nearest = panel.far ? element("p", "", panel.far) : this.#nearest(panel);
    const alike = panel.far || !texts.alike ? "" : element("p", "alike", texts.alike);
    const both = element("div", "both", picture, element("div", "near", element("h3", "", texts.nearest), nearest, alike));
    const borrowed = panel.bars.some((bar) => bar.strange && !isNothing(bar.number)) ? element("p", "borrowed", texts.strangeKey) : "";
    const node = element("section", "panel", heading, readout, both, borrowed, element("p", "about", panel.about));
    return set(node, { "aria-label": `${panel.word}: ${panel.verdict}` });
  }

  #bar(bar, panel, i) {
    const { texts } = this.data;
    const kinds = ["bar", bar.ofLetters && "of-letters", bar.shared && "shared", bar.strange && "strange", i < 0 && "own"].filter(Boolean).join(" ");
    const readout = [bar.readout, bar.shared && texts.shared, bar.strange && (isNothing(bar.number) ? texts.strange : texts.borrowed)].filter(Boolean).join(" · ");
    const text = element("span", "text", i < 0 ? bar.text : "", ...bar.letters.map((letter) => element("span", "", letter)));
    const data = { ngram: bar.text, key: `${panel.field}:bar:${i}`, readout };
    const button = clickable(kinds, data, text, element("span", "number", bar.strange && !isNothing(bar.number) ? `(${bar.number})` : bar.number));
    set(button, { tabindex: -1, "aria-label": `${bar.text} ${bar.number}`, "aria-description": readout });
    Object.assign(button.style, bar.style);
    if (i >= 0) {
      button.style.gridColumn = `${bar.column + 1} / span ${bar.widths.reduce((a, b) => a + b)}`;
      [...text.children].forEach((letter, at) => (letter.style.flexGrow = bar.widths[at]));
      button.style.gridRow = bar.row + 2;
    }
    return button;
  }

  #nearest(panel) {
    const field = panel.field === "word" ? "other" : "word";
    const items = panel.nearest.map((near, i) => {
      const data = { key: `${panel.field}:near:${i}`, word: near.word, field };
      const button = clickable("", data, element("bdi", "", near.text), " ", element("span", "number", near.number));
      button.title = this.data.texts.put;
      button.style.setProperty("--share", percent(near.place));
      return element("li", "", button);
    });
    return element("ol", "nearest", ...items);
  }

  #pair(pair) {
    const bar = element("span", "fill");
    bar.style.setProperty("--share", percent(pair.place));
    const usual = element("span", "usual");
    usual.style.setProperty("--share", percent(pair.usual));
    const scale = set(element("div", "scale", bar, usual), { "aria-hidden": "true" });
    const told = ({ name, number }) => [element("span", "name", name), element("b", "", number)];
    const node = element("section", "pair", ...told(pair), scale, element("small", "", pair.usually), ...told(pair.shared));
    return set(node, { "aria-label": `${pair.name} ${pair.number}, ${pair.shared.name} ${pair.shared.number}` });
  }

  #contrast({ heading, note, heads, rows, cosine }) {
    const table = element("table");
    const top = head(table, heads);
    if (cosine) top.lastChild.className = "cosine";
    const body = table.createTBody();
    for (const one of rows) {
      const row = body.insertRow();
      rowHead(row, element("b", "", one.name), " ", element("small", "", one.note));
      one.cells.forEach((cell, i) => {
        const items = cell.nearest.map((near) =>
          element("li", "", element("bdi", "", near.text), " ", element("span", "number", near.number)),
        );
        const source = element("span", "source", cell.source);
        const place = items.length ? element("td", "", source, element("ul", "", ...items)) : element("td", "nothing", source);
        row.append(set(place, { "data-head": heads[i + 1] }));
      });
      if (cosine) row.append(set(element("td", "cosine", element("b", "", one.cosine)), { "data-head": heads.at(-1) }));
    }
    return element("section", "contrast", element("h2", "", heading), element("p", "about", note), table);
  }

  #read(target) {
    const bar = target.closest?.(".bar");
    for (const other of this.root.querySelectorAll(".bar")) other.classList.toggle("twin", bar?.dataset.ngram === other.dataset.ngram);
    for (const readout of this.root.querySelectorAll(".readout")) {
      const panel = readout.closest(".panel");
      const shown = bar && panel.contains(bar) ? bar : panel.querySelector(".bar.twin");
      if (!shown) {
        readout.textContent = panel.querySelector(".bar") ? hintOf(this.data.texts) : "";
        continue;
      }
      readout.replaceChildren(element("bdi", "", shown.dataset.ngram), ` ${shown.dataset.readout}`);
    }
  }

  #click(target) {
    const { word, field } = target.closest?.("button[data-word]")?.dataset ?? {};
    if (word !== undefined) this.tell("choose", { field, word });
  }
}

export default mounted(NgramView);
