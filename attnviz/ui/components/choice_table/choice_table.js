// Draws tables of which a cell, or in a list a line, is a button. Texts reach the page through textContent alone.
// Arrow keys go from button to button; in a list they choose as they go, in a grid Enter chooses. Where no control needs
// them, left and right go through a list from anywhere on the page.

class ChoiceTable extends Drawing {
  constructor(root) {
    super(root);
    this.keepStill();
    this.hurried = []; // lines chosen in haste, after the one that the server said last
    root.addEventListener("click", ({ target, detail }) => {
      const button = (target.closest?.("button") ?? target.closest?.("tr")?.querySelector("button[data-line]"));
      if (!button) return;
      this.#choose(button);
      if (detail && button.closest(".grid")) button.blur(); // who uses a mouse wants the arrow keys for the list
    });
    root.addEventListener("keydown", (event) => this.#key(event));
    this.listeners.keydown = (event) => this.#turn(event);
    this.wentBack = () => (this.hurried = []); // what the server says next is no answer to a key
  }

  listen() {
    super.listen();
    addEventListener("popstate", this.wentBack);
  }

  leave() {
    super.leave();
    removeEventListener("popstate", this.wentBack);
  }

  draw(data) {
    this.data = data;
    this.#keepUp();
    const focused = this.focused?.dataset.id;
    const scrolled = this.root.querySelector(".scroll")?.scrollTop ?? 0;
    this.root.replaceChildren(element("div", "boards", ...this.data.boards.map((board, b) => this.#board(board, b))));
    const scroll = this.root.querySelector(".scroll");
    if (scroll) scroll.scrollTop = scrolled;
    const all = [...this.root.querySelectorAll("button")];
    const here = all.find((button) => button.dataset.id === this.data.chosen);
    if (focused !== undefined) (all.find((b) => b.dataset.id === focused) ?? here)?.focus({ preventScroll: true });
    if (scroll && here) this.#show(scroll, here.closest("tr"));
    this.root.dataset.drawn = `${this.data.chosen} ${this.data.boards.map((board) => board.rows.length)}`;
  }

  // While keys come faster than answers, an answer is to a key before the last: the line chosen here stays chosen. So it
  // does while rows come in, until the server has heard of it.
  #keepUp() {
    const [boards, before, last] = [JSON.stringify(this.data.boards), this.said, this.hurried.at(-1)];
    this.said = this.data.chosen;
    const changed = boards !== this.boards;
    if ((changed && this.heard) || !this.hurried.includes(this.said)) this.hurried = []; // an answer to something else
    this.boards = boards;
    if (!this.hurried.length) return;
    if (last === this.said) this.heard = true;
    else this.json = null;
    if (this.data.boards.some(({ rows }) => rows.some((row) => row.some(({ id }) => id === last)))) this.data.chosen = last;
    if (this.said !== before) this.awaitAnswer();
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
    const table = element("table");
    head(table, board.grid ? [board.corner, ...board.heads] : board.heads);
    const body = table.createTBody();
    for (const row of board.rows) body.insertRow().append(...row.map((cell, c) => this.#cell(board, cell, c)));
    const stop = table.querySelector("button[aria-pressed=true], button[aria-current]") ?? undefined;
    return headed(board.grid ? "board grid" : "board list", `heading${b}`, board, table, board.grid ? "wide" : "scroll", stop);
  }

  #cell(board, { text, id, note, name, dark }, c) {
    const first = board.grid && c === 0;
    const cell = element(first ? "th" : "td");
    if (first) cell.scope = "row";
    let inside = cell;
    if (id) {
      inside = clickable("", { id });
      inside.tabIndex = -1;
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
    const list = table.closest(".list");
    const across = list ? 1 : table.tBodies[0].rows[0].querySelectorAll("button").length;
    const next = rove(event, [...table.querySelectorAll("button")], across);
    if (list && next) this.#choose(next);
  }
}

export default mounted(ChoiceTable);
