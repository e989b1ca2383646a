// One classifier's way from the words to its answer: a row a part, a column a word, ribbons into the context.

class Stage {
  constructor(data, reader, place, tools) {
    Object.assign(this, { data, reader, place, now: reader });
    this.gutter = element("div", "gutter");
    this.field = element("div", "field");
    this.layer = element("div", "motion");
    this.motion = new Motion(this.layer);
    this.side = this.#side(tools);
    this.node = element("section", "stage", this.gutter, this.field, this.side.node, this.layer);
    set(this.node, { "aria-label": reader.name, "data-id": reader.id });
  }

  lay(shape, columns, { em, room, gutter }) {
    const { rows, height } = rowsOf(shape, em, this.place > 0);
    const tight = !rows.e;
    Object.assign(this, { rows, columns, em, left: gutter, tight, room, height });
    this.parts = PARTS.filter((part) => rows[part] || part === "z");
    this.node.style.height = `${height}px`;
    this.gutter.style.width = `${gutter}px`;
    this.field.style.width = `${room}px`;
    this.#label();
    this.ribbons = this.data.hidden ? [] : ribbonsOf(columns, this.now.weights, this, room, em);
    this.wires = this.#wires();
    const more = this.place ? [] : this.#more();
    const bands = this.parts.filter((part) => part in rows && part !== "c").map((part) => this.#box("div", "band", part, rows[part]));
    this.canvases = ["x", "f", "b"].filter((part) => rows[part]).map((part) => this.#strips(part, room));
    this.cells = Object.fromEntries(this.parts.filter((part) => part !== "c" && part !== "z").map((part) => [part, this.#cells(part)]));
    this.field.replaceChildren(...bands, ...more, this.wires, ...this.canvases, ...Object.values(this.cells).flatMap((cells) => [...cells.values()]));
    this.side.lay(rows.c, em, tight);
    this.#answer();
  }

  // Other weights over the same hidden states, as they were taken in hand; null gives back its own.
  take(taken) {
    const { reader, data } = this;
    const now = taken ? { ...reader, ...taken, ...inHand(taken, reader) } : reader;
    if (now === this.now || data.hidden) return;
    this.now = now;
    if (!this.columns) return;
    this.labels.get("a").textContent = taken ? data.texts.byHand : data.texts.parts.a;
    this.ribbons = ribbonsOf(this.columns, now.weights, this, this.room, this.em);
    const wires = this.#wires();
    this.wires.replaceWith(wires);
    this.wires = wires;
    for (const [i, cell] of this.cells.a ?? []) {
      cell.className = cell.className.replace(/attention\d+/, `attention${now.levels[i]}`);
      cell.firstChild.textContent = figure(now.shares[i]);
      set(cell, { "aria-label": this.#name("a", i) });
    }
    this.#answer();
    if (this.lit) this.light(...this.lit, false);
  }

  #box(tag, className, part, { top, height }) {
    const node = element(tag, className);
    node.dataset.of = part;
    Object.assign(node.style, { top: `${top}px`, height: `${height}px` });
    return node;
  }

  #label() {
    const { f, b } = this.rows;
    const low = f.height < 1.1 * this.em; // for a line of its own
    const { parts, states, byHand } = this.data.texts;
    const labels = this.parts.filter((part) => part !== "z" && !(low && part === "b") && !(this.tight && part === "x")).map((part) => {
      const button = clickable("label", { part, stage: this.place, of: part }, low && part === "f" ? states : part === "a" && this.now.taken ? byHand : parts[part]);
      button.tabIndex = -1;
      const { top, height } = low && part === "f" ? { top: f.top, height: b.top + b.height - f.top } : this.rows[part];
      Object.assign(button.style, { top: `${top}px`, height: `${height}px` });
      return button;
    });
    this.labels = new Map(labels.map((label) => [label.dataset.part, label]));
    this.gutter.replaceChildren(...labels);
  }

  // How many words stand there without their names.
  #more() {
    const { columns, em, rows } = this;
    const first = columns.findIndex(({ wide }) => wide);
    const last = columns.findLastIndex(({ wide }) => wide);
    return [[0, first], [last + 1, columns.length]].filter(([from, to]) => to > from).flatMap(([from, to]) => {
      const left = columns[from].left;
      const width = columns[to - 1].left + columns[to - 1].width - left;
      if (width < 2.6 * em) return [];
      const node = set(element("span", "more", `+${to - from}`), { "aria-hidden": "true" });
      Object.assign(node.style, { left: `${left}px`, width: `${width}px`, top: `${rows.word.top}px`, height: `${rows.word.height}px` });
      return [node];
    });
  }

  // Inside a column; slim ones touch one another.
  #inset({ left, width, wide }, part) {
    const gap = wide ? (part === "f" || part === "b" || part === "x" ? 0.42 : 0.16) * this.em : 0.25;
    return { left: left + gap, width: Math.max(width - 2 * gap, 0.5) };
  }

  #strips(part, room) {
    const { reader, rows, em } = this;
    const canvas = this.#box("canvas", "strips", part, rows[part]);
    set(canvas, { "aria-hidden": "true" });
    const sharp = devicePixelRatio || 1;
    [canvas.width, canvas.height] = [Math.ceil(room * sharp), Math.ceil(rows[part].height * sharp)];
    canvas.style.width = `${room}px`;
    const pen = canvas.getContext("2d");
    pen.scale(sharp, sharp);
    const numbers = numbersOf(reader);
    this.columns.forEach((column, i) => {
      const start = part === "x" ? i * reader.dim : 2 * i * reader.half + (part === "b" ? reader.half : 0);
      const own = (part === "x" ? numbers.x : numbers.h).subarray(start, start + (part === "x" ? reader.dim : reader.half));
      squares(pen, own, { ...this.#inset(column, part), top: 0, height: rows[part].height }, em);
    });
    return canvas;
  }

  #cells(part) {
    const { data, now, rows, place } = this;
    const cells = new Map();
    this.columns.forEach((column, i) => {
      if (!column.wide) return;
      const { name, known } = data.words[i];
      const hidden = data.hidden && (part === "e" || part === "a");
      const said = hidden ? "?" : valueOf(part, now, i);
      const shown = part === "word" ? element("bdi", known ? "" : "unseen", name) : part === "e" || part === "a" ? (hidden ? "?" : said) : "";
      const button = clickable(`cell at-${part}`, { part, i, stage: place, of: part }, shown);
      if (part === "a" && !hidden) button.classList.add(`attention${now.levels[i]}`);
      set(button, { "aria-label": this.#name(part, i) });
      const { left, width } = this.#inset(column, part);
      Object.assign(button.style, { left: `${left}px`, width: `${width}px`, top: `${rows[part].top}px`, height: `${rows[part].height}px` });
      button.tabIndex = -1;
      cells.set(i, button);
    });
    return cells;
  }

  #name(part, i) {
    const { data, now } = this;
    const { name } = data.words[i];
    const about = fill(data.texts.cell, { part: data.texts.parts[part], word: name, place: i + 1, count: data.words.length });
    if (part === "word") return about;
    return `${about}: ${data.hidden && (part === "e" || part === "a") ? data.texts.hidden : valueOf(part, now, i)}`;
  }

  // Lines from part to part, the LSTM's arrows both ways, what the columns without numbers weigh, and the ribbons.
  #wires() {
    const { rows, columns, em, room, height } = this;
    const line = (className, path) => vector("path", { class: className, d: path });
    const group = (part, ...children) => vector("g", { "data-of": part }, ...children);
    const bottom = ({ top, height: high }) => top + high;
    const falls = [["word", "x"], ["x", "f"], ["b", "e"], [rows.e ? "e" : "b", "a"]].filter(([from, to]) => rows[from] && rows[to]);
    const wide = columns.filter((column) => column.wide);
    const drops = falls.flatMap(([from, to]) => wide.map(({ middle }) => line("drop", `M${middle} ${bottom(rows[from])}V${rows[to].top}`)));
    const boxes = columns.filter(({ wide: is }) => is).map((column) => {
      const { left, width } = this.#inset(column, "f");
      return vector("rect", { class: "state", x: left - 3, y: rows.f.top - 3, width: width + 6, height: bottom(rows.b) - rows.f.top + 6, rx: 5 });
    });
    const arrows = (part, way) => columns.slice(1).flatMap((column, at) => {
      if (!column.wide || !columns[at].wide) return [];
      const [y, gap] = [rows[part].top + rows[part].height / 2, 0.42 * em - 4];
      const [a, b] = way > 0 ? [column.left - gap, column.left + gap] : [column.left + gap, column.left - gap];
      return [line("arrow", `M${a} ${y}H${b}M${b - way * 3.5} ${y - 3}L${b} ${y}L${b - way * 3.5} ${y + 3}`)];
    });
    const slim = this.data.hidden ? [] : columns.flatMap(({ left, width, wide: is }, i) => (is ? [] : [this.#slim(left, width, i)]));
    this.paths = this.ribbons.map(({ path, width }, i) => set(line("ribbon", path), { "stroke-width": Math.max(width - (columns.length > 30 ? 0 : 0.6), 0.4), "data-at": i }));
    return set(vector("svg", { class: "wires", width: room, height, "aria-hidden": "true" }, ...drops,
      group("f", ...boxes, ...arrows("f", 1)), group("b", ...arrows("b", -1)), group("a", ...slim), group("c", ...this.paths)), { viewBox: `0 0 ${room} ${height}` });
  }

  #slim(left, width, i) {
    const { top, height } = this.rows.a;
    const tall = Math.max(1, height * Math.sqrt(this.now.weights[i]));
    return vector("rect", { class: "weight", x: left + 0.5, y: top + height - tall, width: Math.max(width - 1, 0.5), height: tall });
  }

  #side(tools) {
    const { data, reader, place } = this;
    const heading = element("div", "heading", element("b", "", reader.name), element("span", "tools", ...tools));
    const likely = data.labels.map((_, k) => k);
    if (!data.hidden) likely.sort((one, other) => reader.probabilities[other] - reader.probabilities[one]);
    const shown = likely.slice(0, CLASSES_SHOWN).sort((one, other) => one - other);
    const buttons = shown.map((k) => {
      const bar = element("span", "fill");
      bar.style.background = data.colours[k];
      const button = clickable("z", { part: "z", k, stage: place, of: "z" }, element("bdi", "name", data.labels[k]), element("span", "track", bar), element("span", "number"));
      button.tabIndex = -1;
      return button;
    });
    const canvas = set(element("canvas"), { "aria-hidden": "true" });
    const context = set(clickable("context", { part: "c", stage: place, of: "c" }, canvas), { "aria-label": data.texts.parts.c });
    context.tabIndex = -1;
    const arrow = vector("svg", { viewBox: "0 0 10 20", preserveAspectRatio: "none" }, vector("path", { d: "M3 20V8H0L5 0L10 8H7V20Z" }));
    const asked = data.labels[data.side >= 0 ? data.side : reader.answer];
    const sides = data.hidden ? "" : element("span", "sides", element("span", "for", fill(data.texts.for, { label: asked })), element("span", "against", data.texts.against));
    const rise = set(element("div", "rise", arrow, element("span", "", "softmax(V·c + d)", sides)), { "aria-hidden": "true", "data-of": "z" });
    const classes = set(element("div", "classes", ...buttons), { "data-of": "z" });
    const node = element("div", "side", heading, classes, rise, context);
    const lay = ({ top, height }, em, tight) => {
      side.shown = tight && !data.hidden ? [reader.answer] : shown;
      buttons.forEach((button) => (button.hidden = !side.shown.includes(Number(button.dataset.k))));
      Object.assign(context.style, { top: `${top}px`, height: `${height}px` });
      const from = classes.offsetTop + classes.offsetHeight + 0.3 * em;
      rise.hidden = top - from < 1.5 * em;
      rise.classList.toggle("low", top - from < 4 * em);
      Object.assign(rise.style, { top: `${from}px`, height: `${top - from - 0.2 * em}px` });
    };
    const side = { node, buttons, shown, context, canvas, lay };
    return side;
  }

  // The context's colours, and what follows from it.
  #answer() {
    const { data, now, em, side } = this;
    const { canvas, context } = side;
    for (const button of side.buttons) {
      const k = Number(button.dataset.k);
      const value = data.hidden ? "?" : now.percents[k];
      const bar = button.querySelector(".fill");
      bar.hidden = data.hidden;
      if (!data.hidden) bar.style.width = `${100 * now.probabilities[k]}%`;
      button.lastChild.textContent = value;
      button.classList.toggle("best", k === now.answer);
      set(button, { "aria-label": `${data.texts.parts.z}: ${data.labels[k]}, ${data.hidden ? data.texts.hidden : value}` });
    }
    const sharp = devicePixelRatio || 1;
    const [width, height] = [context.clientWidth, context.clientHeight];
    [canvas.width, canvas.height] = [Math.ceil(width * sharp), Math.ceil(height * sharp)];
    if (data.hidden) return;
    const pen = canvas.getContext("2d");
    pen.scale(sharp, sharp);
    const all = now.context.colours ?? new Int8Array(unpacked(now.context.shades));
    const half = (height - 2) / 2;
    squares(pen, all.subarray(0, now.half), { left: 0, top: 0, width, height: half }, em);
    squares(pen, all.subarray(now.half), { left: 0, top: half + 2, width, height: half }, em);
  }

  light(lit, step, moving) {
    this.lit = [lit, step];
    for (const node of this.node.querySelectorAll("[data-of]")) node.classList.toggle("lit", lit.includes(node.dataset.of));
    this.paths.forEach((path, i) => (path.style.stroke = this.#colour(i, step)));
    this.motion.stop();
    if (!moving) return;
    for (const part of FLOWS[step] ?? lit) this.motion.into(part, { ...this.#ways(), reader: this.now });
  }

  // Ribbons are attention; on the way to the answer they are what each word says for the class in question or against it.
  #colour(i, step) {
    const { now, data } = this;
    const share = Math.sqrt(now.weights[i]);
    if (step !== 6) return `color-mix(in oklab, var(--deep) ${Math.round(15 + 85 * share)}%, var(--pale))`;
    const value = now.contributions[i][data.side >= 0 ? data.side : now.answer];
    const strength = Math.sqrt(Math.abs(value) / (Math.abs(value) + 0.5));
    return `color-mix(in oklab, var(${value < 0 ? "--against" : "--for"}) ${Math.round(25 + 75 * strength)}%, var(--pale))`;
  }

  #ways() {
    const { rows, columns, left, side, node } = this;
    const from = node.getBoundingClientRect();
    const middle = (one) => {
      const box = one.getBoundingClientRect();
      return [box.left - from.left + box.width / 2, box.top - from.top + box.height / 2];
    };
    const classes = [];
    side.shown.forEach((k) => (classes[k] = middle(this.button("z", -1, k))));
    return { rows, columns, left, ribbons: this.ribbons.map(({ moved }) => ({ path: moved })), side: { context: middle(side.context), classes } };
  }

  button(part, i, k = 0) {
    if (part === "z") return this.side.buttons.find((one) => Number(one.dataset.k) === k);
    if (part === "c") return this.side.context;
    return i < 0 ? this.labels.get(part) : (this.cells[part]?.get(i) ?? this.labels.get(part));
  }

  spotAt(x, y) {
    const box = this.field.getBoundingClientRect();
    const [across, below] = [x - box.left, y - box.top];
    const i = this.columns.findIndex(({ left, width }) => across >= left && across < left + width);
    const part = this.parts.find((one) => this.rows[one] && below >= this.rows[one].top - 1 && below <= this.rows[one].top + this.rows[one].height + 1);
    if (part === "c" || !part || (this.data.hidden && (part === "e" || part === "a"))) return null;
    return i < 0 ? null : { stage: this.place, part, i };
  }

  told({ part, i = -1, k }) {
    const { data, now: reader } = this;
    const sealed = data.hidden && "eacz".includes(part);
    if (sealed || (i < 0 && part !== "c" && part !== "z")) return null;
    const word = data.words[i]?.name;
    const of = part === "z" ? data.labels[k] : word;
    const title = part === "c" ? data.texts.parts.c : `${data.texts.parts[part]} · ${of}${i >= 0 ? ` (${i + 1}/${data.words.length})` : ""}`;
    return { title, ...tell[part]({ data, reader, part, i, k, word }) };
  }

  // What a number is made of, and what is made of it.
  trace({ part, i = -1, k }) {
    const all = (name) => [...(this.cells[name]?.values() ?? [])];
    const at = (name, place) => this.cells[name]?.get(place) ?? [];
    const whole = { c: () => this.side.context, z: () => this.side.buttons };
    const [sources, targets] = {
      word: () => [[], [at("x", i)]],
      x: () => [[at("word", i)], [at("f", i), at("b", i)]],
      f: () => [[at("x", i), at("f", i - 1)], [at("f", i + 1), at("e", i)]],
      b: () => [[at("x", i), at("b", i + 1)], [at("b", i - 1), at("e", i)]],
      e: () => [[at("f", i), at("b", i)], all("a")],
      a: () => [all("e"), [whole.c()]],
      c: () => [all("a"), whole.z()],
      z: () => [[whole.c()], []],
    }[part]();
    this.traced = [...sources.flat(), ...targets.flat()];
    sources.flat().forEach((node) => node.classList.add("source"));
    targets.flat().forEach((node) => node.classList.add("target"));
    if (i >= 0) this.paths[i]?.classList.add("followed");
  }

  untrace() {
    this.traced?.forEach((node) => node.classList.remove("source", "target"));
    this.node.querySelector(".followed")?.classList.remove("followed");
  }
}

// What follows from weights taken in hand and is not told with them.
const inHand = ({ weights, context, logits, contributions, probabilities }, reader) => {
  const hidden = numbersOf(reader).h;
  const width = 2 * reader.half;
  const sum = new Float64Array(width);
  weights.forEach((weight, i) => {
    if (weight) for (let j = 0; j < width; j++) sum[j] += context ? 0 : (weight * reader.scales[i] * hidden[i * width + j]) / 127;
  });
  const all = context ?? sum;
  const largest = Math.max(0.5, ...all.map(Math.abs));
  const heaviest = weights.map((weight, i) => [weight, i]).sort((one, other) => other[0] - one[0]).slice(0, 2);
  return {
    taken: true,
    levels: weights.map((weight) => Math.round(40 * Math.sqrt(weight))),
    contributions: weights.map((_, i) => contributions.map((of) => of[i])),
    logits: logits.map((logit) => Number(logit.toFixed(PLAIN))),
    percents: probabilities.map((share) => percent(share)),
    context: {
      colours: Int8Array.from(all, (value) => Math.round((127 * value) / largest)),
      lead: Array.from(all.slice(0, 3)),
      terms: heaviest.map(([weight, i]) => [i, weight, reader.leads.f[i][0]]),
    },
  };
};

const numbersOf = (reader) => (reader.unpacked ??= { x: new Int8Array(unpacked(reader.rows)), h: new Int8Array(unpacked(reader.hidden)) });
const unpacked = (packed) => Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0)).buffer;
