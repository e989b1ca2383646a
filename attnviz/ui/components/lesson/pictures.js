// The pictures of a step that need no answer: strips of numbers, sums as waterfalls, answers, tables and curves.

const label = (row, node) => {
  const cell = element("th");
  cell.scope = "row";
  cell.append(node);
  row.append(cell);
  return cell;
};

const draw = {
  strips({ rows, heads, width, split, shades, about, legend, many }) {
    const table = element("table", "strips");
    head(table, heads);
    const numbers = new Int8Array(unpack(shades));
    const body = table.createTBody();
    inPortions(rows, body, (one, i) => {
      const row = body.insertRow();
      if (one.mean) row.className = "mean";
      const name = label(row, named(one.name, one.unseen));
      name.append(" ", element("span", "note", one.note));
      const strip = element("td", "strip");
      const canvas = element("canvas");
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", one.alt);
      paintInSight(canvas, Array.from(numbers.subarray(i * width, (i + 1) * width), (shade) => shade / 127), split);
      strip.append(canvas);
      row.append(strip, element("td", "numbers", one.numbers));
    });
    const key = element("p", "about legend");
    key.append(element("span", "blue", legend[0]), element("span", "orange", legend[1]), about);
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
      label(row, named(one.name, one.unseen));
      if (heads.length === 4) row.append(element("td", "detail", one.detail));
      const cell = element("td", "bars");
      const zero = element("span", "zero");
      zero.style.left = at(0);
      const bar = element("span", `bar ${one === last ? "all" : one.to < one.from ? "down" : "up"}`);
      bar.style.left = at(Math.min(one.from, one.to));
      bar.style.width = `calc(${wide(Math.abs(one.to - one.from) / room)})`;
      cell.append(zero, bar);
      row.append(cell, element("td", "number", one.number));
    }
    return [element("h3", "", heading), table];
  },

  choices({ text, options, chosen, field }, board) {
    const group = element("div", options.length > 24 ? "choices many" : "choices");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", text);
    group.append(text);
    options.forEach((option, i) => {
      const button = element("button", "", option);
      button.type = "button";
      button.setAttribute("aria-pressed", String(i === chosen));
      button.addEventListener("click", () => board.choose(field, i));
      group.append(button);
    });
    return [group];
  },

  answers({ panels }) {
    const answers = element("div", "answers");
    for (const panel of panels) {
      const answer = element("section", "answer");
      answer.setAttribute("aria-label", panel.name);
      answer.dataset.id = panel.id;
      const heading = element("h3", "", panel.name);
      heading.append(" ", element("span", "note", panel.note));
      answer.append(heading, element("div", "verdict", panel.prediction), classes(panel.classes));
      for (const line of panel.lines ?? []) answer.append(element("p", "about", line));
      answers.append(answer);
    }
    return [answers];
  },

  cells({ heading, heads, rows, about, many }) {
    const table = element("table", "cells");
    head(table, heads);
    const body = table.createTBody();
    for (const one of rows) {
      const row = body.insertRow();
      if (one.strong) row.className = "strong";
      label(row, named(one.name, one.unseen));
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
    const drawn = [many ? window_(table, heading) : table];
    if (heading) drawn.unshift(element("h3", "", heading));
    if (about) drawn.push(element("p", "about", about));
    return drawn;
  },

  curves({ charts }) {
    const curves = element("div", "curves");
    for (const chart of charts) {
      const figure = element("figure", "curve");
      figure.append(element("h3", "", chart.heading), plot(chart));
      const table = element("table", "cells");
      head(table, [chart.x, ...chart.series.map((one) => one.name)]);
      const body = table.createTBody();
      for (const point of chart.shown) {
        const row = body.insertRow();
        label(row, element("span", "", point.x));
        for (const text of point.y) row.append(element("td", "", text));
      }
      figure.append(table);
      if (chart.about) figure.append(element("p", "about", chart.about));
      curves.append(figure);
    }
    return [curves];
  },

  text({ text }) {
    return [element("p", "said", text)];
  },
};

const plot = ({ series, x, y, alt, ticks }) => {
  const [left, top, right, bottom] = [64, 14, 440, 142];
  const xs = series.flatMap((one) => one.points.map((point) => point[0]));
  const [first, last] = [Math.min(...xs), Math.max(...xs)];
  const highest = Math.max(...series.flatMap((one) => one.points.map((point) => point[1]))) || 1;
  const across = (value) => left + ((right - left) * (value - first)) / (last - first || 1);
  const up = (value) => bottom - ((bottom - top) * value) / highest;
  const svg = vector("svg", { viewBox: "0 0 460 182", role: "img", "aria-label": alt });
  for (const share of [0, 0.5, 1]) {
    const height = up(share * highest);
    svg.append(vector("line", { class: share ? "grid" : "axis", x1: left, x2: right, y1: height, y2: height }));
    svg.append(vector("text", { x: left - 8, y: height + 5, "text-anchor": "end" }, ticks[2 * share]));
  }
  for (const value of [...new Set([first, ...(series[0].points.length > 2 ? [series[0].points[Math.floor(series[0].points.length / 2)][0]] : []), last])]) {
    svg.append(vector("text", { x: across(value), y: bottom + 19, "text-anchor": "middle" }, String(value)));
  }
  svg.append(vector("text", { x: (left + right) / 2, y: bottom + 38, "text-anchor": "middle" }, x));
  series.forEach((one, i) => {
    const path = one.points.map(([a, b], place) => `${place ? "L" : "M"}${across(a).toFixed(1)} ${up(b).toFixed(1)}`).join("");
    svg.append(vector("path", { class: `line line${i}`, d: path }));
    if (one.points.length < 60) for (const [a, b] of one.points) svg.append(vector("circle", { class: `dot${i}`, cx: across(a), cy: up(b), r: 3.5 }));
  });
  return svg;
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
      const [beside, left, right] = [element("div", "beside"), element("div", "lesson"), element("div", "lesson")];
      left.append(...data.blocks.slice(0, -1).flatMap(drawn));
      right.append(...drawn(data.blocks.at(-1)));
      beside.append(left, right);
      this.root.replaceChildren(beside);
    } else this.root.replaceChildren(...data.blocks.flatMap(drawn));
    this.root.dataset.step = data.step;
    this.root.dataset.digest = data.digest;
  }

  choose(field, value) {
    const active = this.root.getRootNode().activeElement;
    const place = active ? [...this.root.querySelectorAll("button")].indexOf(active) : -1;
    this.tell("choose", { field, value, digest: this.root.dataset.digest });
    if (place >= 0) this.focus = place;
  }
}

export default mounted(Pictures);
