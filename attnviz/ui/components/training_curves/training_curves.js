// Draws the curves of a training run and the watched sentences. The nodes of the sentences stay while their colours
// change, so that words light up and go dark. Words reach the page through textContent alone.

const WIDTH = 560, HEIGHT = 220, LEFT = 44, RIGHT = 12, TOP = 8, BOTTOM = 26;

const label = (x, y, text, anchor = "middle") => vector("text", { x, y, "text-anchor": anchor, class: "tick" }, text);

const colour = (id) => (id === "frozen" || id === "fine-tuned" ? id : "other");

const steps = (low, high) => {
  const rough = ((high - low) / 6) * 0.999;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * unit).find((one) => one >= rough);
  const ticks = [];
  for (let tick = Math.ceil(low / step - 1e-9) * step; tick <= high + 1e-9; tick += step) ticks.push(tick);
  return { ticks, digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
};

class TrainingCurves extends Drawing {
  constructor(root) {
    super(root);
    this.charts = element("div", "charts");
    this.heading = element("h3");
    this.sentences = element("div", "sentences");
    root.replaceChildren(this.charts);
  }

  draw(data) {
    this.charts.replaceChildren(...data.charts.map((chart) => this.#chart(chart, data)));
    this.#probes(data);
    this.root.dataset.drawn = data.charts[1].curves[0]?.points.length ?? 0;
  }

  #chart({ heading, percent, curves }, { epochs, axis }) {
    const values = curves.flatMap(({ points }) => points.map(([, y]) => y));
    let low = values.length ? Math.min(...values) : 0, high = values.length ? Math.max(...values) : 1;
    const room = Math.max((high - low) * 0.08, percent ? 0.02 : 0.05);
    [low, high] = [Math.max(0, low - room), percent ? Math.min(1, high + room) : high + room];
    const x = (value) => LEFT + (value / epochs) * (WIDTH - LEFT - RIGHT);
    const y = (value) => TOP + ((high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM);
    const figure = (value) => (percent ? `${(100 * value).toFixed(1)}%` : value.toFixed(3));
    const picture = vector("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
    const told = curves.filter(({ points }) => points.length).map(({ name, points }) => `${name} ${figure(points.at(-1)[1])}`);
    picture.setAttribute("aria-label", [heading, ...told].join(", "));
    const { ticks, digits } = steps(low, high);
    for (const tick of ticks) {
      picture.append(vector("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(tick), y2: y(tick), class: "grid" }));
      const text = percent ? `${(100 * tick).toFixed(Math.max(0, digits - 2))}%` : tick.toFixed(digits);
      picture.append(label(LEFT - 6, y(tick) + 4, text, "end"));
    }
    const every = [1, 2, 5, 10, 20, 50, 100].find((one) => epochs / one <= 12) ?? epochs;
    for (let epoch = 0; epoch < epochs - every / 2 && epoch / epochs < 0.9; epoch += every) picture.append(label(x(epoch), HEIGHT - 7, epoch));
    picture.append(label(WIDTH - RIGHT, HEIGHT - 7, `${epochs} (${axis})`, "end"));
    const items = [];
    for (const { id, name, line, points } of curves) {
      if (!points.length) continue;
      const places = points.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
      picture.append(vector("polyline", { points: places, class: `curve ${line} ${colour(id)}` }));
      if (percent) points.forEach(([at, value]) => picture.append(vector("circle", { cx: x(at), cy: y(value), r: 3.5, class: `dot ${colour(id)}` })));
      const stroke = vector("line", { x1: 1, x2: 31, y1: 5, y2: 5, class: `curve ${line} ${colour(id)}` });
      const mark = vector("svg", { viewBox: "0 0 32 10", "aria-hidden": "true" }, stroke);
      items.push(element("li", "", mark, element("span", "", name), element("b", "", figure(points.at(-1)[1]))));
    }
    return element("section", "chart", element("h3", "", heading), element("ul", "legend", ...items), picture);
  }

  #probes({ heading, probes }) {
    if (!probes.length) {
      this.heading.remove();
      this.sentences.remove();
      this.kept = "";
      return;
    }
    if (!this.heading.isConnected) this.root.append(this.heading, this.sentences);
    this.heading.textContent = heading;
    const kept = JSON.stringify(probes.map(({ panels }) => panels.map(({ name, words }) => [name, words.map(({ text }) => text)])));
    if (kept !== this.kept) {
      this.kept = kept;
      this.sentences.replaceChildren(...probes.map((probe) => this.#probe(probe)));
    }
    probes.forEach(({ panels }, p) => {
      panels.forEach(({ answer, words }, v) => {
        const panel = this.sentences.children[p].children[v];
        panel.querySelector(".answer").textContent = answer;
        words.forEach(({ weight, paper, ink }, w) => {
          const [word, number] = panel.querySelectorAll("li")[w].children;
          word.style.background = paper;
          word.style.color = ink;
          number.textContent = weight;
        });
      });
    });
  }

  #probe({ panels }) {
    const drawn = panels.map(({ name, words }) => {
      const items = words.map(({ text }) => element("li", "", element("span", "word", text), element("span", "weight")));
      const list = element("ol", "words", ...items);
      return element("div", "panel", element("span", "name", name), list, element("span", "answer"));
    });
    return element("section", "probe", ...drawn);
  }
}

export default mounted(TrainingCurves);
