// Draws words as letters in a row with their n-grams under the letters they cover. What people typed reaches the page
// through textContent alone. Pointing at a bar is answered here; only a click on a near word goes back to Python.

class NgramView extends Drawing {
  constructor(root) {
    super(root);
    for (const event of ["pointerover", "focusin", "click"]) root.addEventListener(event, ({ target }) => this.#read(target));
    root.addEventListener("pointerleave", () => this.#read(root.getRootNode().activeElement ?? root));
    root.addEventListener("click", ({ target }) => this.#click(target));
    root.addEventListener("keydown", (event) => rove(event, [...(event.target.closest?.(".bars")?.querySelectorAll(".bar") ?? [])]));
  }

  draw(data) {
    this.data = data;
    document.documentElement.lang = this.data.language;
    const focused = this.root.getRootNode().activeElement?.dataset.key; // who moves by keyboard stays where they are
    const { panels, pair, contrast, lines, texts } = this.data;
    const words = element("div", "words");
    words.dataset.count = panels.length;
    words.append(...panels.map((panel) => this.#panel(panel)));
    if (pair) words.children[0].after(this.#pair(pair));
    const legend = element("div", "legend");
    legend.append(...lines.map((line) => element("p", "", line)));
    if (pair) legend.firstChild.append(" ", element("span", "sample", texts.sharedKey));
    this.root.replaceChildren(words, legend, this.#contrast(contrast));
    if (focused) this.root.querySelector(`[data-key="${focused}"]`)?.focus();
    this.root.dataset.drawn = panels.map((panel) => panel.word).join(" ");
  }

  #panel(panel) {
    const { texts } = this.data;
    const node = element("section", "panel");
    const heading = element("h2");
    heading.append(element("bdi", "", panel.word), " ", element("span", `verdict ${panel.known ? "known" : "oov"}`, panel.verdict));
    node.setAttribute("aria-label", `${panel.word}: ${panel.verdict}`);
    const picture = element("div", "picture");
    picture.dir = "auto"; // Hebrew and Arabic run from the right
    picture.setAttribute("role", "group");
    picture.setAttribute("aria-label", fill(texts.picture, { word: panel.word }));
    picture.style.setProperty("--letters", panel.letters.length);
    const letters = element("div", "letters");
    letters.setAttribute("aria-hidden", "true");
    const last = panel.letters.length - 1;
    letters.append(...panel.letters.map((letter, i) => element("span", i % last ? "" : "mark", letter)));
    const bars = element("div", "bars");
    bars.append(panel.own ? this.#bar(panel.own, panel, -1) : element("span", "none", panel.none), ...panel.bars.map((bar, i) => this.#bar(bar, panel, i)));
    const first = bars.querySelector("button");
    if (first) first.tabIndex = 0; // one stop for the tab key; arrows go on from there
    picture.append(letters, bars);
    const readout = element("p", "readout", first ? texts.hint : "");
    const near = element("div", "near");
    near.append(element("h3", "", texts.nearest), panel.far ? element("p", "", panel.far) : this.#nearest(panel));
    const both = element("div", "both");
    both.append(picture, near);
    node.append(heading, readout, both, element("p", "about", panel.about));
    return node;
  }

  #bar(bar, panel, i) {
    const { texts } = this.data;
    const button = element("button", ["bar", bar.shared && "shared", bar.strange && "strange", i < 0 && "own"].filter(Boolean).join(" "));
    button.type = "button";
    button.tabIndex = -1;
    button.dataset.ngram = bar.text;
    button.dataset.key = `${panel.field}:bar:${i}`;
    button.dataset.readout = [bar.readout, bar.shared && texts.shared, bar.strange && texts.strange].filter(Boolean).join(" · ");
    const text = element("span", "text", i < 0 ? bar.text : "");
    text.append(...bar.letters.map((letter) => element("span", "", letter)));
    button.append(text, element("span", "number", bar.number));
    button.setAttribute("aria-label", `${bar.text} ${bar.number}`);
    button.setAttribute("aria-description", button.dataset.readout);
    button.style.backgroundColor = bar.style.backgroundColor;
    button.style.color = bar.style.color;
    if (i >= 0) {
      button.style.gridColumn = `${bar.start + 1} / span ${bar.letters.length}`;
      button.style.gridRow = bar.row + 2;
    }
    return button;
  }

  #nearest(panel) {
    const list = element("ol", "nearest");
    panel.nearest.forEach((near, i) => {
      const button = element("button");
      button.type = "button";
      button.dataset.key = `${panel.field}:near:${i}`;
      button.dataset.word = near.word;
      button.dataset.field = panel.field === "word" ? "other" : "word";
      button.title = this.data.texts.put;
      button.append(element("bdi", "", near.text), " ", element("span", "number", near.number));
      button.style.setProperty("--share", percent(near.place));
      const item = element("li");
      item.append(button);
      list.append(item);
    });
    return list;
  }

  #pair(pair) {
    const node = element("section", "pair");
    node.setAttribute("aria-label", `${pair.name} ${pair.number}, ${pair.shared.name} ${pair.shared.number}`);
    const scale = element("div", "scale");
    scale.setAttribute("aria-hidden", "true");
    const bar = element("span", "fill");
    bar.style.setProperty("--share", percent(pair.place));
    const usual = element("span", "usual");
    usual.style.setProperty("--share", percent(pair.usual));
    scale.append(bar, usual);
    node.append(element("span", "name", pair.name), element("b", "", pair.number), scale, element("small", "", pair.usually), element("span", "name", pair.shared.name), element("b", "", String(pair.shared.number)));
    return node;
  }

  #contrast({ heading, note, heads, rows, cosine }) {
    const node = element("section", "contrast");
    const table = element("table");
    const top = head(table, heads);
    if (cosine) top.lastChild.className = "cosine";
    const body = table.createTBody();
    for (const one of rows) {
      const row = body.insertRow();
      const name = element("th");
      name.scope = "row";
      name.append(element("b", "", one.name), " ", element("small", "", one.note));
      row.append(name);
      one.cells.forEach((cell, i) => {
        const place = element("td", cell.nearest.length ? "" : "nothing");
        place.dataset.head = heads[i + 1];
        place.append(element("span", "source", cell.source));
        const list = element("ul");
        list.append(...cell.nearest.map((near) => {
          const item = element("li");
          item.append(element("bdi", "", near.text), " ", element("span", "number", near.number));
          return item;
        }));
        if (cell.nearest.length) place.append(list);
        row.append(place);
      });
      if (cosine) {
        const place = element("td", "cosine");
        place.dataset.head = heads.at(-1);
        place.append(element("b", "", one.cosine));
        row.append(place);
      }
    }
    node.append(element("h2", "", heading), element("p", "about", note), table);
    return node;
  }

  #read(target) {
    const bar = target.closest?.(".bar");
    for (const other of this.root.querySelectorAll(".bar")) other.classList.toggle("twin", bar?.dataset.ngram === other.dataset.ngram);
    for (const readout of this.root.querySelectorAll(".readout")) {
      const panel = readout.closest(".panel");
      const shown = bar && panel.contains(bar) ? bar : panel.querySelector(".bar.twin");
      if (!shown) {
        readout.textContent = panel.querySelector(".bar") ? this.data.texts.hint : "";
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
