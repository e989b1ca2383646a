// Draws tables of which a cell, or in a list a line, is a button. Texts reach the page through textContent alone.
// Arrow keys go from button to button; in a list they choose as they go, in a grid Enter chooses. Where no control needs
// them, left and right go through a list from anywhere on the page.

class ChoiceTable extends Drawing {
  constructor(root) {
    super(root);
    this.hurried = []; // lines chosen in haste, after the one that the server said last
    root.addEventListener("click", ({ target, detail }) => {
      const button = (target.closest?.("button") ?? target.closest?.("tr")?.querySelector("button[data-line]"));
      if (!button) return;
      this.#choose(button);
      if (detail && button.closest(".grid")) button.blur(); // who uses a mouse wants the arrow keys for the list
    });
    root.addEventListener("keydown", (event) => this.#key(event));
    this.pressed = (event) => this.#turn(event);
    this.wentBack = () => (this.hurried = []); // what the server says next is no answer to a key
  }

  listen() {
    document.addEventListener("keydown", this.pressed);
    addEventListener("popstate", this.wentBack);
  }

  leave() {
    document.removeEventListener("keydown", this.pressed);
    removeEventListener("popstate", this.wentBack);
  }

  draw(data) {
    this.data = data;
    this.#keepUp();
    document.documentElement.lang = this.data.language;
    const focused = this.root.getRootNode().activeElement?.dataset.id;
    const scrolled = this.root.querySelector(".scroll")?.scrollTop ?? 0;
    const boards = element("div", "boards");
    boards.append(...this.data.boards.map((board, b) => this.#board(board, b)));
    this.root.replaceChildren(boards);
    const scroll = this.root.querySelector(".scroll");
    if (scroll) scroll.scrollTop = scrolled;
    const all = [...this.root.querySelectorAll("button")];
    const here = all.find((button) => button.dataset.id === this.data.chosen);
    for (const table of this.root.querySelectorAll("table")) {
      const stop = table.querySelector("button[aria-pressed=true], button[aria-current]") ?? table.querySelector("button");
      if (stop) stop.tabIndex = 0; // one stop for the tab key; arrows go on from there
    }
    if (focused !== undefined) (all.find((b) => b.dataset.id === focused) ?? here)?.focus({ preventScroll: true });
    if (scroll && here) this.#show(scroll, here.closest("tr"));
    this.root.dataset.drawn = `${this.data.chosen} ${this.data.boards.map((board) => board.rows.length)}`;
  }

  // While keys come faster than answers, an answer is to a key before the last: the line chosen here stays chosen.
  #keepUp() {
    const boards = JSON.stringify(this.data.boards);
    this.said = this.data.chosen;
    if (boards !== this.boards || !this.hurried.includes(this.said)) this.hurried = []; // an answer to something else
    this.boards = boards;
    if (!this.hurried.length) return;
    this.data.chosen = this.hurried.at(-1);
    if (this.data.chosen === this.said) this.heard = true;
    else this.json = null;
    this.awaitAnswer();
  }

  // A run in haste may have lost the last key: it is told once more before the line goes back.
  giveWay() {
    if (this.hurried.length && !this.heard) {
      this.heard = true;
      this.tell("choose", this.hurried.at(-1));
      return this.awaitAnswer();
    }
    this.hurried = [];
    super.giveWay();
  }

  #show(scroll, line) {
    const above = scroll.querySelector("thead")?.offsetHeight ?? 0;
    if (line.offsetTop - above < scroll.scrollTop) scroll.scrollTop = line.offsetTop - above;
    const below = line.offsetTop + line.offsetHeight - scroll.clientHeight;
    if (below > scroll.scrollTop) scroll.scrollTop = below;
  }

  #board(board, b) {
    const node = element("section", board.grid ? "board grid" : "board list");
    const heading = element("h3", "", board.heading);
    heading.id = `heading${b}`;
    const table = element("table");
    table.setAttribute("aria-labelledby", heading.id);
    head(table, board.grid ? [board.corner, ...board.heads] : board.heads);
    const body = table.createTBody();
    for (const row of board.rows) {
      const line = body.insertRow();
      row.forEach((cell, c) => line.append(this.#cell(board, cell, c)));
    }
    const scroll = element("div", board.grid ? "wide" : "scroll");
    scroll.append(table);
    node.append(heading);
    if (board.about) node.append(element("p", "about", board.about));
    node.append(scroll);
    return node;
  }

  #cell(board, { text, id, note, name, dark }, c) {
    const first = board.grid && c === 0;
    const cell = element(first ? "th" : "td");
    if (first) cell.scope = "row";
    let inside = cell;
    if (id) {
      inside = element("button");
      inside.type = "button";
      inside.tabIndex = -1;
      inside.dataset.id = id;
      if (name) inside.setAttribute("aria-label", name);
      const chosen = id === this.data.chosen;
      if (board.grid) inside.setAttribute("aria-pressed", String(chosen));
      else {
        inside.dataset.line = "";
        if (chosen) {
          inside.setAttribute("aria-current", "true");
          cell.classList.add("current");
        }
      }
      cell.append(inside);
    }
    if (dark !== null) inside.style.setProperty("--dark", `${(34 * Math.max(0, Math.min(dark, 1))).toFixed(1)}%`);
    inside.append(element("bdi", "text", text));
    if (note) inside.append(" ", element("span", "note", note));
    return cell;
  }

  #choose(button) {
    const list = button.closest(".list");
    for (const other of this.root.querySelectorAll(list ? "[aria-current]" : "button[aria-pressed=true]")) {
      if (list) {
        other.removeAttribute("aria-current");
        other.closest("td").classList.remove("current");
      } else other.setAttribute("aria-pressed", "false");
    }
    if (list) {
      button.setAttribute("aria-current", "true"); // at once; what the server says follows
      button.closest("td").classList.add("current");
      this.json = null;
      this.heard = false;
      this.awaitAnswer();
      if (!this.hurried.length) this.hurried.push(this.said);
      this.hurried.push(button.dataset.id);
      document.dispatchEvent(new CustomEvent("attnviz:chosen", { detail: button.dataset.id }));
    } else button.setAttribute("aria-pressed", "true");
    this.tell("choose", button.dataset.id);
  }

  #turn(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || !isFree(event, "table, .word")) return;
    const lines = [...this.root.querySelectorAll(".list button")];
    const next = lines[lines.findIndex((line) => line.getAttribute("aria-current")) + step];
    if (!next || !lines.some((line) => line.getAttribute("aria-current"))) return;
    event.preventDefault();
    this.#choose(next);
  }

  #key(event) {
    const table = event.target.closest?.("table");
    if (!table || event.ctrlKey || event.metaKey || event.altKey) return;
    const list = Boolean(table.closest(".list"));
    const across = list ? 1 : table.tBodies[0].rows[0].querySelectorAll("button").length;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across,
      Home: -Infinity, End: Infinity }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...table.querySelectorAll("button")];
    const here = all.indexOf(event.target);
    const to = Number.isFinite(step) ? here + step : step < 0 ? 0 : all.length - 1;
    const next = all[to];
    if (!next || next === event.target) return;
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
    if (list) this.#choose(next);
  }
}

export default mounted(ChoiceTable);
