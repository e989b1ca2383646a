// Where everything of the picture stands. All sizes are in em of the component, all results in pixels.

const PARTS = ["word", "x", "f", "b", "e", "a", "c", "z"]; // from the sentence to the answer
const STEP_OF = { word: 1, x: 1, f: 2, b: 2, e: 3, a: 4, c: 5, z: 6 };
// What a step is about. Step 0 is no step: everything is lit.
const LIT = [PARTS, ["word", "x"], ["f", "b"], ["f", "b", "e"], ["e", "a"], ["a", "c"], ["c", "z"], ["word", "x"], ["x", "z"], ["a", "c"], ["f", "b"]];
const FLOWS = { 1: ["x"], 2: ["f", "b"], 3: ["e"], 4: ["a"], 5: ["c"], 6: ["z"], 7: ["x"], 8: ["x"], 9: ["c"], 10: ["f", "b"] };

// Height of each row and the room above it; `flow` is what the ribbons fall through, `trunk` what all of them are wide
// together: a weight of 1.
const SHAPES = {
  whole: { word: [0, 1.6], x: [0.2, 1.2], f: [0.55, 1.2], b: [0.2, 1.2], e: [0.4, 1.3], a: [0.15, 1.6], flow: 0.9, trunk: 2.6 },
  beamed: { word: [0, 1.4], x: [0.1, 0.8], f: [0.3, 0.75], b: [0.15, 0.75], e: [0.2, 1.2], a: [0.05, 1.3], flow: 0.6, trunk: 1.7 },
  small: { word: [0, 1.4], x: [0.25, 0.75], f: [0.3, 0.65], b: [0.15, 0.65], e: [0.2, 1.2], a: [0.05, 1.35], flow: 0.5, trunk: 1.3 },
  beamedTwin: { word: [0, 1.2], x: [0, 0.5], f: [0.2, 0.42], b: [0.1, 0.42], a: [0.15, 1.2], flow: 0.25, trunk: 0.8 },
  touched: { word: [0, 2.75], x: [0, 2.75], f: [0.3, 2.75], b: [0, 2.75], e: [0, 2.75], a: [0, 2.75], flow: 0.8, trunk: 2.4 },
};

// Below one another; the second of two classifiers reads the same words.
const rowsOf = (shape, em, second) => {
  const rows = {};
  let top = 0;
  for (const part of PARTS) {
    const given = SHAPES[shape][part];
    if (!given || (second && part === "word")) continue;
    top += given[0] * em;
    rows[part] = { top, height: given[1] * em };
    top += given[1] * em;
  }
  const { flow, trunk } = SHAPES[shape];
  rows.c = { top: top + flow * em, height: trunk * em };
  return { rows, height: top + (flow + trunk + 0.1) * em };
};

const NARROW = 0.42; // of a column that has only its colours left
const LEAST = 3.05; // of one with numbers in it
const MOST = 8;
const AROUND = 5; // columns with numbers, at the least, around the word in hand

// A column a word. Where not all of them have room for their numbers, those around the word in hand do.
const columnsOf = (natural, room, em, hand) => {
  const count = natural.length;
  if (count * LEAST * em <= room) {
    const widths = levelled(natural.map((width) => Math.min(MOST * em, Math.max(LEAST * em, width))), room);
    const spare = Math.max(0, room - widths.reduce((a, b) => a + b, 0));
    const each = Math.min(spare / count, 5 * em);
    return placed(widths.map((width) => ({ width: width + each, wide: true })));
  }
  const ask = 3.4 * em;
  const fit = Math.floor((room - count * NARROW * em) / (ask - NARROW * em));
  const wide = Math.max(Math.min(AROUND, Math.floor(room / ask)), Math.min(fit, count));
  const first = Math.max(0, Math.min(count - wide, hand - Math.floor(wide / 2)));
  const slim = (room - wide * ask) / (count - wide);
  return placed(natural.map((_, i) => (i >= first && i < first + wide ? { width: ask, wide: true } : { width: slim, wide: false })));
};
const placed = (columns) => {
  let left = 0;
  for (const column of columns) {
    column.left = left;
    left += column.width;
    column.middle = column.left + column.width / 2;
  }
  return columns;
};
// Wide words give way first: all are cut at the same width.
const levelled = (widths, room) => {
  let [low, high] = [0, Math.max(...widths)];
  const total = (limit) => widths.reduce((sum, width) => sum + Math.min(width, limit), 0);
  if (total(high) <= room) return widths;
  for (let i = 0; i < 30; i++) {
    const middle = (low + high) / 2;
    if (total(middle) > room) high = middle;
    else low = middle;
  }
  return widths.map((width) => Math.min(width, low));
};

// From below each weight down into the trunk and along it to the context. Later words lie above earlier ones, so that no
// ribbon crosses another; together they are as wide as the weights are much: 1.
const ribbonsOf = (columns, weights, { rows, left }, end, em) => {
  const { top, height } = rows.c;
  const start = rows.a.top + rows.a.height;
  let floor = top + height;
  return columns.map(({ middle }, i) => {
    const width = weights[i] * height;
    const lane = floor - width / 2;
    floor -= width;
    const bend = Math.min(lane - start, width / 2 + 0.45 * em);
    const path = (by) => `M${middle + by} ${start}V${lane - bend}Q${middle + by} ${lane} ${middle + bend + by} ${lane}H${Math.max(end, middle + bend) + by}`;
    return { width, path: path(0), moved: path(left) };
  });
};

// Numbers as squares of colour, blue above zero and orange below, as many as there is room for, the first ones first.
const SQUARE = 0.3;
const squares = (pen, shades, { left, top, width, height }, em) => {
  const down = Math.max(1, Math.round(height / (SQUARE * em)));
  const across = Math.max(1, Math.min(Math.round(width / (SQUARE * em)), Math.ceil(shades.length / down)));
  const [wide, high] = [width / across, height / down];
  for (let i = 0; i < Math.min(shades.length, across * down); i++) {
    const strength = Math.sqrt(Math.abs(shades[i]) / 127);
    pen.fillStyle = shades[i] < 0 ? `rgb(213 94 0 / ${strength})` : `rgb(0 114 178 / ${strength})`;
    pen.fillRect(left + Math.floor(i / down) * wide, top + (i % down) * high, wide - 0.5, high - 0.5);
  }
};
