// Numbers on their way from one part to the next: each is a chip that travels once and is gone.

const PACE = 650; // ms for one way
const moves = () => !matchMedia("(prefers-reduced-motion: reduce)").matches;

class Motion {
  constructor(layer) {
    this.layer = layer;
  }

  stop() {
    this.layer.replaceChildren();
  }

  // Along points [x, y] in pixels, or along a path; `text` "" is a dot.
  #send(text, ways, { delay = 0, duration = PACE, path = "", kind = "" } = {}) {
    const chip = element("span", `chip ${kind}`, text);
    this.layer.append(chip);
    const fade = { opacity: [0, 1, 1, 0], offset: [0, 0.15, 0.85, 1] };
    const options = { duration, delay, easing: "ease-in-out", fill: "both" };
    if (path) {
      chip.style.offsetPath = `path("${path}")`;
      chip.style.offsetRotate = "0deg";
      chip.animate({ ...fade, easing: "linear" }, options);
      chip.animate({ offsetDistance: ["0%", "100%"] }, options).finished.then(() => chip.remove(), () => {});
      return;
    }
    chip.animate(fade, options);
    const places = ways.map(([x, y]) => `translate(${x}px, ${y}px) translate(-50%, -50%)`);
    chip.animate({ transform: places }, options).finished.then(() => chip.remove(), () => {});
  }

  // Everything that flows into a part of a stage.
  into(part, { rows, columns, reader, left, ribbons, side }) {
    if (!moves()) return;
    const middle = (name) => rows[name] && rows[name].top + rows[name].height / 2;
    const shown = columns.map((column, i) => ({ ...column, i, x: left + column.middle })).filter(({ wide }) => wide);
    const each = Math.min(60, 700 / shown.length); // ms between two words
    const fall = (from, to, text) => {
      if (rows[from] && rows[to]) shown.forEach(({ x, i }, at) => this.#send(text(i), [[x, middle(from)], [x, middle(to)]], { delay: at * each }));
    };
    const first = (lead) => figure(lead[0]);
    const stride = Math.min(260, 2600 / shown.length);
    const along = (row, order, lead) =>
      order.slice(1).forEach((one, at) => {
        const ways = [[order[at].x, middle(row)], [one.x, middle(row)]];
        this.#send(first(lead[order[at].i]), ways, { delay: at * stride, duration: 1.25 * stride });
      });
    ({
      x: () => fall("word", "x", (i) => first(reader.leads.x[i])),
      f: () => along("f", shown, reader.leads.f),
      b: () => along("b", [...shown].reverse(), reader.leads.b),
      e: () => reader.scores && fall("b", "e", (i) => figure(reader.scores[i])),
      a: () => reader.shares && fall(rows.e ? "e" : "b", "a", (i) => figure(reader.shares[i])),
      c: () => this.#flow(columns, ribbons, reader),
      z: () => reader.logits?.forEach((logit, k) => side.classes[k] && this.#send(signed(logit, PLAIN), [side.context, side.classes[k]], { delay: 90 * k, duration: 900 })),
    })[part]?.();
  }

  #flow(columns, ribbons, reader) {
    if (!reader.shares) return;
    const heaviest = reader.shares.map((share, i) => [share, i]).sort((one, other) => other[0] - one[0]).slice(0, 3);
    heaviest.forEach(([share, i], place) => this.#send(figure(share), [], { path: ribbons[i].path, duration: 1500, delay: 260 * place }));
    ribbons.forEach(({ path }, i) => {
      if (!heaviest.some(([, at]) => at === i) && columns.length <= 60) this.#send("", [], { path, duration: 1500, delay: 100 + (i % 7) * 40, kind: "dot" });
    });
  }
}
