// The pictures of a step that need no answer: strips of numbers, sums as waterfalls, answers, tables and curves.

const FITTING = 5; // columns of a table that a phone has room for

const draw = {
  strips({ rows, heads, width, split, shades, about, legend, many }) {
    const table = element("table", "strips");
    head(table, heads);
    const numbers = new Int8Array(unpack(shades));
    const body = table.createTBody();
    inPortions(rows, body, (one, i) => {
      const row = body.insertRow();
      if (one.mean) row.className = "mean";
      rowHead(row, named(one.name, one.unseen), " ", element("span", "note", one.note));
      const canvas = set(element("canvas"), { role: "img", "aria-label": one.alt });
      paintInSight(canvas, Array.from(numbers.subarray(i * width, (i + 1) * width), (shade) => shade / 127), split);
      row.append(element("td", "strip", canvas), element("td", "numbers", one.numbers));
    });
    const key = element("p", "about legend", element("span", "blue", legend[0]), element("span", "orange", legend[1]), about);
    return [many ? window_(table, heads[0]) : table, key];
  },

  sum({ heading, heads, rows, low, high }) {
    const table = element("table", "sum");
    head(table, heads);
    const room = high - low || 1;
    const wide = (share) => `${share} * (100% - 0.8rem)`; // of the cell, less its padding
    const at = (value) => `calc(0.8rem + ${wide((value - low) / room)})`;
    const last = rows.at(-1);
    const body = table.createTBody();
    for (const one of rows) {
      const row = one === last ? table.createTFoot().insertRow() : body.insertRow();
      row.dataset.kind = one.kind;
      rowHead(row, named(one.name, one.unseen));
      if (heads.length === 4) row.append(element("td", "detail", one.detail));
      const zero = element("span", "zero");
      zero.style.left = at(0);
      const bar = element("span", `bar ${one === last ? "all" : one.to < one.from ? "down" : "up"}`);
      bar.style.left = at(Math.min(one.from, one.to));
      bar.style.width = `calc(${wide(Math.abs(one.to - one.from) / room)})`;
      row.append(element("td", "bars", zero, bar), element("td", "number", one.number));
    }
    return [element("h3", "", heading), table];
  },

  choices({ text, options, chosen, field }, board) {
    const buttons = options.map((option, i) => {
      const button = set(clickable("", {}, option), { "aria-pressed": i === chosen });
      button.addEventListener("click", () => board.choose(field, i));
      return button;
    });
    const group = element("div", options.length > 24 ? "choices many" : "choices", text, ...buttons);
    return [set(group, { role: "group", "aria-label": text })];
  },

  answers({ panels }) {
    const answers = panels.map((panel) => {
      const heading = element("h3", "", panel.name, " ", element("span", "note", panel.note));
      const lines = (panel.lines ?? []).map((line) => element("p", "about", line));
      const verdict = element("div", "verdict", panel.prediction);
      const answer = element("section", "answer", heading, verdict, classes(panel.classes), ...lines);
      return set(answer, { "aria-label": panel.name, "data-id": panel.id });
    });
    return [element("div", "answers", ...answers)];
  },

  cells({ heading, heads, rows, about, many }) {
    const table = element("table", "cells");
    head(table, heads);
    const body = table.createTBody();
    for (const one of rows) {
      const row = body.insertRow();
      row.classList.toggle("strong", Boolean(one.strong));
      row.classList.toggle("quiet", Boolean(one.quiet));
      rowHead(row, named(one.name, one.unseen), " ", one.note ? element("span", "note", one.note) : "");
      for (const { text, bar } of one.cells) {
        const cell = element("td", bar === undefined ? "" : "barred", text);
        if (bar !== undefined) {
          const fill = element("span", "bar");
          fill.style.width = `calc(${Math.min(1, Math.max(0, bar))} * (100% - 5rem))`; // the number stands beside it
          cell.append(fill);
        }
        row.append(cell);
      }
    }
    const framed = many || heads.length > FITTING;
    const drawn = [framed ? window_(table, heading, many ? "scroll" : "wide") : table];
    if (heading) drawn.unshift(element("h3", "", heading));
    if (about) drawn.push(element("p", "about hint", about));
    return drawn;
  },

  curves({ charts }) {
    const curves = charts.map((chart) => {
      const table = element("table", "cells");
      const heads = [...head(table, [chart.x, ...chart.series.map((one) => one.name)]).cells];
      if (chart.series.length > 1) heads.slice(1).forEach((cell, i) => cell.classList.add(`key${i}`));
      const body = table.createTBody();
      for (const point of chart.shown) {
        const row = body.insertRow();
        rowHead(row, element("span", "", point.x));
        row.append(...point.y.map((text) => element("td", "", text)));
      }
      const about = chart.about ? element("p", "about hint", chart.about) : "";
      return element("figure", "curve", element("h3", "", chart.heading), plot(chart), table, about);
    });
    return [element("div", "curves", ...curves)];
  },

  text({ text }) {
    return [element("p", "said", text)];
  },
};

// A chart that is as wide as there is room: its letters are as large as those around it, whatever its width.
const plot = (chart) => {
  const svg = vector("svg", { role: "img", "aria-label": chart.alt });
  new ResizeObserver(() => trace(svg, chart, svg.clientWidth, svg.clientHeight)).observe(svg);
  return svg;
};

// A chart is drawn on scales of powers along the axes that `log` names, x or xy; its ticks upwards are then [value, text].
const trace = (svg, { series, x, ticks, log = "", highest }, width, height) => {
  const letter = parseFloat(getComputedStyle(svg).fontSize);
  const [left, top, right, bottom] = [4.2 * letter, 0.8 * letter, width - 1.5 * letter, height - 2.7 * letter];
  const points = series.flatMap((one) => one.points);
  const scale = (axis) => (log.includes(axis) ? Math.log10 : (value) => value);
  const [wide, high] = [scale("x"), scale("y")];
  const xs = points.map((point) => point[0]);
  const [first, last] = [Math.min(...xs), Math.max(...xs)];
  const most = highest ?? (Math.max(...points.map((point) => point[1])) || 1);
  const marks = log.includes("y") ? ticks : [0, 0.5, 1].map((share, i) => [share * most, ticks[i]]);
  const [low, above] = log.includes("y") ? [marks[0][0], Math.max(most, marks.at(-1)[0])].map(high) : [0, most];
  const across = (value) => left + ((right - left) * (wide(value) - wide(first))) / (wide(last) - wide(first) || 1);
  const up = (value) => bottom - ((bottom - top) * (high(value) - low)) / (above - low || 1);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren();
  marks.forEach(([value, text], i) => {
    const y = up(value);
    svg.append(vector("line", { class: i ? "grid" : "axis", x1: left, x2: right, y1: y, y2: y }));
    svg.append(vector("text", { x: left - 0.5 * letter, y: y + letter / 3, "text-anchor": "end" }, text));
  });
  const middle = series[0].points.length > 2 ? [series[0].points[Math.floor(series[0].points.length / 2)][0]] : [];
  for (const value of new Set([first, ...middle, last])) {
    svg.append(vector("text", { x: across(value), y: bottom + 1.2 * letter, "text-anchor": "middle" }, String(value)));
  }
  svg.append(vector("text", { x: (left + right) / 2, y: bottom + 2.4 * letter, "text-anchor": "middle" }, x));
  series.forEach((one, i) => {
    const path = one.points.map(([a, b], place) => `${place ? "L" : "M"}${across(a).toFixed(1)} ${up(b).toFixed(1)}`).join("");
    svg.append(vector("path", { class: `line line${i}`, d: path }));
    if (one.points.length < 60) for (const [a, b] of one.points) svg.append(vector("circle", { class: `dot${i}`, cx: across(a), cy: up(b), r: letter / 4.5 }));
  });
};

class Pictures extends Drawing {
  constructor(root) {
    super(root);
    addEventListener("beforeprint", () => root.querySelectorAll("canvas").forEach(paintNow));
  }

  // The picture is new, the choice stays in hand.
  receive(json) {
    super.receive(json);
    if (this.focus >= 0) this.root.querySelectorAll("button")[this.focus]?.focus();
    this.focus = -1;
  }

  draw(data) {
    const drawn = (block) => draw[block.kind](block, this);
    if (data.aside) {
      const left = element("div", "lesson", ...data.blocks.slice(0, -1).flatMap(drawn));
      const right = element("div", "lesson", ...drawn(data.blocks.at(-1)));
      this.root.replaceChildren(element("div", "beside", left, right));
    } else this.root.replaceChildren(...data.blocks.flatMap(drawn));
    this.root.dataset.step = data.step;
    this.root.dataset.digest = data.digest;
  }

  choose(field, value) {
    const place = [...this.root.querySelectorAll("button")].indexOf(this.focused);
    this.tell("choose", { field, value, digest: this.root.dataset.digest });
    if (place >= 0) this.focus = place;
  }
}

export default mounted(Pictures);
