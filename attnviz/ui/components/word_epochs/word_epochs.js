// A word, the one it is held against and its neighbours, moved by the slider through the epochs (see epochs.js). All of
// it is in the browser; words reach the page through textContent alone.

const WIDTH = 400, HEIGHT = 220, LEFT = 44, RIGHT = 24, TOP = 26, BOTTOM = 28, PLANE = 300, EDGE = 24;
// Where a name can stand: its middle from the dot's, in its own half width and in pixels. The first free one is taken.
const SPOTS = [[0, -16], [0, 17], [1, 0], [-1, 0], [0.6, -18], [-0.6, -18], [0.6, 19], [-0.6, 19], [0, -32], [0, 33]];
const LETTERS = 18; // of a name on the plane

const overlap = (one, other) => Math.abs(one.x - other.x) < one.half + other.half && Math.abs(one.y - other.y) < one.tall + other.tall;

class WordEpochs extends Drawing {
  constructor(root) {
    super(root);
    this.epochs = new Epochs(() => this.#redraw(), (at) => this.tell("epoch", { at, word: this.data.word }));
    this.heading = element("h3");
    this.about = element("p", "about");
    this.parts = element("div", "parts");
    root.replaceChildren(this.heading, this.epochs.node, this.parts, this.about);
    root.addEventListener("click", ({ target }) => {
      const { word } = target.closest?.("button[data-word]")?.dataset ?? {};
      if (word !== undefined) this.tell("choose", word);
    });
  }

  draw(data) {
    this.data = data;
    this.heading.textContent = data.texts.heading;
    this.about.textContent = data.texts.about;
    this.epochs.draw(data.history);
    this.list = element("ol", "near");
    this.chart = data.cosines && this.#chart(data.cosines);
    this.plane = this.#plane(data.drawn);
    const part = (title, ...inside) => element("section", "part", element("h3", "", title), ...inside);
    this.parts.replaceChildren(
      ...(this.chart ? [part(data.texts.cosine, this.chart.node)] : []),
      part(data.texts.near, this.list),
      part(data.texts.map, this.plane.node),
    );
    this.#redraw();
    this.root.dataset.drawn = data.word;
  }

  #chart(values) {
    const low = Math.min(0, ...values) - 0.05, high = Math.max(...values, 0.5) + 0.05;
    const x = (at) => LEFT + (at / (values.length - 1)) * (WIDTH - LEFT - RIGHT);
    const y = (value) => TOP + ((high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM);
    const node = vector("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
    for (let tick = Math.ceil(low / 0.25) * 0.25; tick <= high; tick += 0.25) {
      node.append(vector("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(tick), y2: y(tick), class: "grid" }));
      node.append(vector("text", { x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end", class: "tick" }, fixed(tick, 2)));
    }
    const every = Math.ceil(values.length / 12);
    const tick = (left, anchor, text) => node.append(vector("text", { x: left, y: HEIGHT - 7, "text-anchor": anchor, class: "tick" }, text));
    for (let at = 0; at < values.length - 1 && x(at) < WIDTH - 58; at += every) tick(x(at), "middle", `${at}`);
    tick(WIDTH - 2, "end", this.data.history.names.at(-1));
    node.append(vector("polyline", { points: values.map((value, at) => `${x(at)},${y(value)}`).join(" "), class: "curve" }));
    const dot = vector("circle", { r: 7, class: "now" });
    const value = vector("text", { "text-anchor": "middle", class: "value" });
    node.append(dot, value);
    const to = (at) => {
      set(dot, { cx: x(at), cy: y(values[at]) });
      set(value, { x: x(at), y: y(values[at]) - 12 });
      value.textContent = fixed(values[at], 2);
      node.setAttribute("aria-label", `${this.data.texts.cosine}: ${fixed(values[at], 2)}, ${this.data.history.names[at]}`);
    };
    return { node, to };
  }

  #plane(drawn) {
    const every = drawn.flatMap(({ path }) => path);
    const [xs, ys] = [0, 1].map((axis) => every.map((point) => point[axis]));
    const [left, right, bottom, top] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const size = Math.min((WIDTH - 3 * EDGE) / Math.max(right - left, 1e-6), (PLANE - 2 * EDGE) / Math.max(top - bottom, 1e-6));
    const x = (value) => WIDTH / 2 + (value - (left + right) / 2) * size; // as long across as up and down
    const y = (value) => PLANE / 2 - (value - (bottom + top) / 2) * size;
    const node = vector("svg", { viewBox: `0 0 ${WIDTH} ${PLANE}`, role: "img", "aria-label": this.data.texts.map });
    const points = [...drawn].reverse().map(({ text, kind, path }) => {
      const trail = vector("polyline", { class: "trail" });
      const dot = vector("circle", { r: kind ? 6 : 4, class: "dot" });
      const whole = [...text];
      const short = whole.length > LETTERS ? `${whole.slice(0, LETTERS - 1).join("")}…` : text;
      const name = vector("text", { "text-anchor": "middle", class: "name" }, short);
      node.append(vector("g", { class: `point ${kind}` }, vector("title", {}, text), trail, dot, name));
      return { path, trail, dot, name, kind };
    });
    const to = (at) => {
      const dots = points.map(({ path }) => ({ x: x(path[at][0]), y: y(path[at][1]), half: 6, tall: 6 }));
      points.forEach(({ path, trail, dot }, i) => {
        set(dot, { cx: dots[i].x, cy: dots[i].y });
        trail.setAttribute("points", path.slice(0, at + 1).map(([px, py]) => `${x(px)},${y(py)}`).join(" "));
      });
      const taken = [...dots];
      for (const [i, { name, kind }] of [...points.entries()].reverse()) { // the word and the other one come first
        const half = (name.getComputedTextLength() || name.textContent.length * 9) / 2 + 2; // not laid out yet: about
        const spots = SPOTS.map(([aside, down]) => ({
          x: Math.min(Math.max(dots[i].x + aside * (half + 8), half), WIDTH - half), y: dots[i].y + down, half, tall: 9,
        }));
        const free = spots.find((spot) => spot.y > 10 && spot.y < PLANE - 10 && !taken.some((other) => overlap(spot, other)));
        name.setAttribute("visibility", free || kind ? "visible" : "hidden"); // better none than one across another
        if (!free && !kind) continue;
        const spot = free ?? spots[0];
        taken.push(spot);
        set(name, { x: spot.x, y: spot.y + 5 });
      }
    };
    return { node, to };
  }

  #redraw() {
    const { at } = this.epochs;
    const { neighbours, texts, drawn } = this.data;
    const before = neighbours[0].map(({ word }) => word);
    const rival = drawn.find(({ kind }) => kind === "other")?.word;
    const rows = neighbours[at].map(({ word, text, cosine }) => {
      const button = clickable("", { word }, element("bdi", "", text));
      const mark = before.includes(word) ? "" : element("span", "mark", texts.new);
      const row = element("li", word === rival ? "rival" : "", element("span", "", button, mark), element("span", "cosine", fixed(cosine, 2)));
      row.style.setProperty("--share", percent(Math.max(cosine, 0)));
      return row;
    });
    this.list.replaceChildren(...rows);
    this.chart?.to(at);
    this.plane.to(at);
  }
}

export default mounted(WordEpochs);
