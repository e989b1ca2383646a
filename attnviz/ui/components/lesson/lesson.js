// What the lesson's pictures share: numbers that add up as they are shown, strips of numbers, answers.

const sum = (values) => values.reduce((total, value) => total + value, 0);
const PLACES = 3;
const PORTION = 24; // rows

// As heatmap/rounding.py: rounded down, and the largest remainders get the units that are missing.
const FINE = 10 ** 6;
const apportion = (values, total) => {
  const unit = 10 ** PLACES;
  const fine = values.map((value) => Math.floor(value * unit * FINE + 0.5));
  const floors = fine.map((value) => Math.floor(value / FINE));
  const wanted = Math.floor((total === undefined ? sum(fine) / FINE : total * unit) + 0.5);
  const missing = wanted - sum(floors);
  const order = fine.map((value, i) => [value - floors[i] * FINE, i]).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  const each = Math.floor(missing / order.length);
  order.forEach(([, i], place) => (floors[i] += each + (place < missing - each * order.length ? 1 : 0)));
  return floors.map((floor) => floor / unit);
};
const plain = (number) => fixed(number, PLACES);

const unpack = (packed) => {
  const letters = atob(packed);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes.buffer;
};
const softmax = (values) => {
  const highest = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - highest));
  const total = sum(powers);
  return powers.map((power) => power / total);
};

// A row of numbers as coloured cells: blue above zero, orange below, the stronger the further. Both can be seen on
// light and on dark paper, so a change of theme needs no new drawing.
const paint = (canvas, values, split) => {
  canvas.width = 2 * values.length + (split ? 8 : 0);
  canvas.height = 1;
  const pen = canvas.getContext("2d");
  const largest = Math.max(0.5, ...values.map(Math.abs));
  pen.clearRect(0, 0, canvas.width, 1);
  values.forEach((value, i) => {
    const strength = Math.sqrt(Math.abs(value) / largest);
    pen.fillStyle = value < 0 ? `rgb(213 94 0 / ${strength})` : `rgb(0 114 178 / ${strength})`;
    pen.fillRect(2 * i + (split && i >= split ? 8 : 0), 0, 2, 1);
  });
};

// A canvas is dear, and of four hundred rows only those in sight need one: the others are painted when they come there.
const paintNow = (canvas) => {
  sight.unobserve(canvas);
  if (canvas.pending) paint(canvas, ...canvas.pending);
  canvas.pending = null;
};
const sight = new IntersectionObserver(
  (entries) => entries.forEach((entry) => entry.isIntersecting && paintNow(entry.target)),
  { rootMargin: "300px", scrollMargin: "300px" },
);
const paintInSight = (canvas, values, split) => {
  canvas.pending = [values, split];
  sight.observe(canvas);
};

// Of a long list the first rows come at once, and the others while those are read; `more` is told of each later portion.
const inPortions = (items, node, build, more = () => {}) => {
  const portion = (from, to) => {
    items.slice(from, to).forEach((item, i) => build(item, from + i));
    if (from) more();
    if (to < items.length) setTimeout(() => node.isConnected && portion(to, to + 2 * PORTION), 30);
  };
  portion(0, PORTION);
};

const named = (name, unseen) => element("span", unseen ? "name unseen" : "name", element("bdi", "", name));

// The classes of one answer: logit, bar, probability, and what changed against another answer if there is one.
const classes = (list) => {
  const table = element("table", "classes");
  const body = table.createTBody();
  for (const one of list) {
    const row = body.insertRow();
    rowHead(row, one.name);
    if (one.logit !== undefined) row.append(element("td", "logit", one.logit));
    const bar = element("span", "fill");
    bar.style.width = `calc(${one.share} * (100% - 0.8rem))`;
    bar.style.backgroundColor = one.colour;
    const track = element("td", "track", bar);
    if (one.was !== undefined) {
      const was = element("span", "was");
      was.style.insetInlineStart = `calc(0.8rem + ${one.was} * (100% - 0.8rem))`;
      track.append(was);
    }
    row.append(track, element("td", "probability", one.probability));
  }
  return table;
};

// A list that is long, or a table that is wide, scrolls by itself, and can be reached and scrolled by keyboard.
const window_ = (node, label, frame = "scroll") =>
  set(element("div", frame, node), { tabindex: 0, role: "region", "aria-label": label });
