// Draws tables whose words are buttons. Words reach the page through textContent alone. Arrow keys go from word to word
// without Python; only a click on a word goes there.

class WordTables extends Drawing {
  constructor(root) {
    super(root);
    root.addEventListener("click", ({ target }) => this.#click(target));
    root.addEventListener("keydown", (event) => rove(event, [...(event.target.closest?.("table")?.querySelectorAll("button") ?? [])]));
  }

  draw(data) {
    this.data = data;
    document.documentElement.lang = this.data.language;
    const focused = this.root.getRootNode().activeElement?.dataset.key; // who moves by keyboard stays where they are
    const scrolled = [...this.root.querySelectorAll(".scroll")].map((node) => node.scrollTop);
    const tables = element("div", "tables");
    tables.dataset.count = this.data.tables.length;
    tables.append(...this.data.tables.map((table, t) => this.#table(table, t)));
    this.root.replaceChildren(...(this.data.subject ? [this.#subject(this.data.subject)] : []), tables);
    this.root.querySelectorAll(".scroll").forEach((node, i) => (node.scrollTop = scrolled[i] ?? 0));
    if (focused) this.root.querySelector(`[data-key="${focused}"]`)?.focus({ preventScroll: true });
    this.root.dataset.drawn = this.data.chosen;
  }

  #subject({ word, badge, oov, facts, about }) {
    const node = element("section", "subject");
    node.setAttribute("aria-live", "polite");
    const heading = element("h2");
    heading.append(element("bdi", "", word), " ", element("span", `badge${oov ? " oov" : ""}`, badge));
    const list = element("dl");
    for (const [name, value] of facts) {
      const fact = element("div");
      fact.append(element("dt", "", name), element("dd", "", value));
      list.append(fact);
    }
    node.append(heading, list);
    if (about) node.append(element("p", "about", about));
    return node;
  }

  #table(table, t) {
    const node = element("section", "table");
    const heading = element("h3", "", table.heading);
    heading.id = `heading${t}`;
    const body = element("table", table.heads.length > 3 ? "many" : "");
    body.setAttribute("aria-labelledby", heading.id);
    head(body, table.heads);
    const rows = body.createTBody();
    table.rows.forEach((row, r) => {
      const line = rows.insertRow();
      line.className = [row.quiet && "quiet", row.strong && "strong"].filter(Boolean).join(" ");
      row.cells.forEach((cell, c) => line.append(this.#cell(cell, `${t}:${r}:${c}`)));
    });
    const first = body.querySelector("button");
    if (first) first.tabIndex = 0; // one stop for the tab key; arrows go on from there
    const scroll = element("div", table.tall ? "scroll" : "");
    scroll.append(body);
    node.append(heading);
    if (table.about) node.append(element("p", "about", table.about));
    node.append(scroll);
    return node;
  }

  #cell({ text = "", words = [], bar, middle, mark }, key) {
    const cell = element("td", words.length ? "words" : "number");
    words.forEach((one, w) => {
      if (w) cell.append(element("span", "between", " – "));
      const button = element("button");
      button.type = "button";
      button.tabIndex = -1;
      button.dataset.key = `${key}:${w}`;
      button.dataset.word = one.word;
      button.append(element("bdi", "", one.text));
      if (one.word === this.data.chosen) button.setAttribute("aria-current", "true");
      cell.append(button);
    });
    if (bar !== undefined) {
      const scale = element("span", `scale ${bar < 0 ? "left" : "right"}${middle ? " middle" : ""}`);
      scale.setAttribute("aria-hidden", "true");
      scale.append(element("span", "fill"));
      scale.style.setProperty("--share", percent(Math.min(Math.abs(bar), 1)));
      cell.append(scale);
      cell.classList.add("barred");
    }
    if (text) cell.append(element("span", "text", text));
    if (mark) cell.append(" ", element("span", "mark", mark));
    return cell;
  }

  #click(target) {
    const { word } = target.closest?.("button[data-word]")?.dataset ?? {};
    if (word !== undefined) this.tell("choose", word);
  }
}

export default mounted(WordTables);
