// Draws tables whose words are buttons. Words reach the page through textContent alone. Arrow keys go from word to word
// without Python; only a click on a word goes there.

class WordTables extends Drawing {
  constructor(root) {
    super(root);
    this.keepStill();
    root.addEventListener("click", ({ target }) => this.#click(target));
    root.addEventListener("keydown", (event) => rove(event, [...(event.target.closest?.("table")?.querySelectorAll("button") ?? [])]));
  }

  draw(data) {
    this.data = data;
    const focused = this.focused?.dataset.key; // who moves by keyboard stays where they are
    const scrolled = [...this.root.querySelectorAll(".scroll")].map((node) => node.scrollTop);
    const tables = element("div", "tables", ...this.data.tables.map((table, t) => this.#table(table, t)));
    tables.dataset.count = this.data.tables.length;
    this.root.replaceChildren(...(this.data.subject ? [this.#subject(this.data.subject)] : []), tables);
    this.root.querySelectorAll(".scroll").forEach((node, i) => (node.scrollTop = scrolled[i] ?? 0));
    if (focused) this.root.querySelector(`[data-key="${focused}"]`)?.focus({ preventScroll: true });
    this.root.dataset.drawn = this.data.chosen;
  }

  #subject({ word, badge, oov, facts, about }) {
    const heading = element("h2", "", element("bdi", "", word), " ", element("span", `badge${oov ? " oov" : ""}`, badge));
    const list = facts.map(([name, value]) => element("div", "", element("dt", "", name), element("dd", "", value)));
    const node = element("section", "subject", heading, element("dl", "", ...list), about ? element("p", "about", about) : "");
    return set(node, { "aria-live": "polite" });
  }

  #table(table, t) {
    const body = element("table", table.heads.length > 3 ? "many" : "");
    head(body, table.heads);
    const rows = body.createTBody();
    table.rows.forEach((row, r) => {
      const line = rows.insertRow();
      line.className = [row.quiet && "quiet", row.strong && "strong"].filter(Boolean).join(" ");
      row.cells.forEach((cell, c) => line.append(this.#cell(cell, `${t}:${r}:${c}`)));
    });
    const section = headed("table", `heading${t}`, table, body, [table.tall && "scroll", table.wide && "wide"].filter(Boolean).join(" "));
    if (table.wide) section.querySelector(".wide").tabIndex = 0; // who has no mouse scrolls it by keys
    return section;
  }

  #cell({ text = "", words = [], bar, middle, mark, shade = "" }, key) {
    const cell = element("td", words.length ? "words" : `number ${shade && `shaded ${shade}`}`);
    words.forEach((one, w) => {
      if (w) cell.append(element("span", "between", " – "));
      const button = clickable("", { key: `${key}:${w}`, word: one.word }, element("bdi", "", one.text));
      button.tabIndex = -1;
      if (one.word === this.data.chosen) button.setAttribute("aria-current", "true");
      cell.append(button);
    });
    if (bar !== undefined) {
      const scale = element("span", `scale ${bar < 0 ? "left" : "right"}${middle ? " middle" : ""}`, element("span", "fill"));
      scale.setAttribute("aria-hidden", "true");
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
