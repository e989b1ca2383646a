// The weights of every word over every word: rows ask, columns are asked. One canvas has a pixel a pair and is drawn as
// large as there is room; one button lies over the pair in hand, and the arrow keys move it.

const LEVELS = 40; // as heatmap/palette.py
const LARGEST = 44; // pixels that a pair takes at most

// Weights came as whole 65,535ths of their square roots.
const weighed = (packed, heads, size) => {
  const roots = new Uint16Array(unpack(packed));
  return Array.from({ length: heads }, (_, head) =>
    Float32Array.from(roots.subarray(head * size ** 2, (head + 1) * size ** 2), (root) => (root / 65535) ** 2),
  );
};
const meanOf = (maps) => maps[0].map((_, at) => sum(maps.map((map) => map[at])) / maps.length);

// The colours of the levels as the theme has them now: a canvas knows no theme.
const coloursOf = (root) => {
  const probes = Array.from({ length: LEVELS + 1 }, (_, level) => element("i", `attention${level}`));
  const holder = element("span", "probe", ...probes);
  root.append(holder);
  const colours = probes.map((probe) => getComputedStyle(probe).backgroundColor.match(/[\d.]+/g).slice(0, 3).map(Number));
  holder.remove();
  return colours;
};
const levelOf = (weight) => Math.round(LEVELS * Math.sqrt(Math.min(1, Math.max(0, weight))));
const paintMap = (canvas, map, size, colours) => {
  canvas.width = canvas.height = size;
  const image = new ImageData(size, size);
  map.forEach((weight, at) => image.data.set([...colours[levelOf(weight)], 255], 4 * at));
  canvas.getContext("2d").putImageData(image, 0, 0);
};

// How wide a word is, in letters' heights: those of Hangul are as wide as high.
const wide = (word) => sum([...word].map((letter) => (letter > "\u1100" ? 1.02 : 0.62)));

// The largest of a map's weights of a word over another, largest first.
const strongest = (map, size, count) => {
  const found = [];
  map.forEach((weight, at) => {
    if (Math.floor(at / size) === at % size || (found.length === count && weight <= found.at(-1).weight)) return;
    found.push({ weight, row: Math.floor(at / size), column: at % size });
    found.sort((a, b) => b.weight - a.weight);
    found.length = Math.min(found.length, count);
  });
  return found;
};

class Matrix {
  constructor(words, texts, { onPoint, onChoose }) {
    this.size = words.length;
    this.at = [0, 0];
    this.canvas = set(element("canvas"), { "aria-hidden": "true" });
    this.row = element("i", "band across");
    this.column = element("i", "band down");
    this.cell = clickable("cell", {});
    const label = (word, i, kind) => {
      const named = element("span", kind, element("bdi", "", word.name));
      Object.assign(named, { title: word.name }).dataset.place = i;
      return named;
    };
    this.rows = element("div", "rows", ...words.map((word, i) => label(word, i, "row")));
    this.columns = element("div", "columns", ...words.map((word, i) => label(word, i, "column")));
    for (const axis of [this.rows, this.columns]) set(axis, { "aria-hidden": "true" });
    this.cells = element("div", "cells", this.canvas, this.row, this.column, this.cell);
    this.plan = element("div", "plan", element("div", "corner", element("span", "", texts.corner)), this.columns, this.rows, this.cells);
    this.window = set(element("div", "scroll window", this.plan), { role: "group", "aria-label": texts.matrix });
    this.onPoint = onPoint;
    this.onChoose = onChoose;
    this.canvas.addEventListener("pointermove", (event) => onPoint(this.#under(event)));
    this.canvas.addEventListener("pointerleave", () => onPoint(null));
    this.canvas.addEventListener("click", (event) => onChoose(this.#under(event)));
    this.cell.addEventListener("click", () => onChoose(this.at));
    this.cell.addEventListener("keydown", (event) => this.#key(event));
    this.rows.addEventListener("click", ({ target }) => target.closest("span.row") && onChoose([Number(target.closest("span.row").dataset.place), null]));
    this.columns.addEventListener("click", ({ target }) => target.closest("span.column") && onChoose([null, Number(target.closest("span.column").dataset.place)]));
  }

  // As large as the room, but with all names to be read unless it is to be seen `whole`.
  fit(width, height, whole) {
    const letter = parseFloat(getComputedStyle(this.rows).fontSize);
    const longest = Math.max(2, ...[...this.rows.children].map((one) => wide(one.textContent))) * letter;
    const [across, up] = [6, 4.6].map((most) => Math.ceil(Math.min(longest, most * letter)) + 6);
    const readable = Math.ceil(1.08 * letter);
    const even = Math.min(LARGEST, (width - across - 8) / this.size, (height - up - 8) / this.size);
    this.fits = even >= readable;
    const dense = !this.fits && whole;
    this.side = this.fits ? Math.floor(even) : dense ? Math.max(0.5, Math.min(width, height) - 8) / this.size : readable;
    this.plan.style.setProperty("--names", `${dense ? 0 : across}px`);
    this.plan.style.setProperty("--heads", `${dense ? 0 : up}px`);
    this.plan.style.setProperty("--cell", `${this.side}px`);
    this.plan.style.setProperty("--size", this.size);
    this.window.classList.toggle("dense", dense);
    this.window.style.maxWidth = `${Math.floor(width)}px`;
    this.window.style.maxHeight = `${Math.floor(height)}px`;
  }

  // Of a row its word and what it asks are marked, of a column who asks it; -1 is none.
  mark(row, column, label) {
    this.at = [Math.max(0, row), Math.max(0, column)];
    this.row.hidden = row < 0;
    this.column.hidden = column < 0;
    this.row.style.setProperty("--at", row);
    this.column.style.setProperty("--at", column);
    for (const [axis, place] of [[this.rows, row], [this.columns, column]]) {
      axis.querySelector(".here")?.classList.remove("here");
      axis.children[place]?.classList.add("here");
    }
    this.cell.style.setProperty("--row", this.at[0]);
    this.cell.style.setProperty("--column", this.at[1]);
    this.cell.setAttribute("aria-label", label);
  }

  // Where only a part is in sight, let the pair in hand be in it.
  show() {
    const { window: frame, side } = this;
    const [names, [row, column]] = [this.rows.offsetWidth, this.at];
    const into = (scroll, room, at) => {
      if (at * side < scroll || (at + 1) * side > scroll + room) return Math.max(0, (at + 0.5) * side - room / 2);
      return scroll;
    };
    frame.scrollTop = into(frame.scrollTop, frame.clientHeight - this.columns.offsetHeight, row);
    frame.scrollLeft = into(frame.scrollLeft, frame.clientWidth - names, column);
  }

  // What part of the whole is in sight: left, top, width and height as shares.
  get sight() {
    const { window: frame, side, size } = this;
    const share = (pixels) => Math.min(1, pixels / (side * size));
    const [width, height] = [frame.clientWidth - this.rows.offsetWidth, frame.clientHeight - this.columns.offsetHeight];
    return [share(frame.scrollLeft), share(frame.scrollTop), share(width), share(height)];
  }

  #under({ offsetX, offsetY }) {
    const place = (pixels) => Math.min(this.size - 1, Math.max(0, Math.floor(pixels / this.side)));
    return [place(offsetY), place(offsetX)];
  }

  #key(event) {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -this.size], End: [0, this.size] }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const place = (at) => Math.min(this.size - 1, Math.max(0, at));
    this.onChoose(this.at.map((at, i) => place(at + step[i])), true);
  }
}
