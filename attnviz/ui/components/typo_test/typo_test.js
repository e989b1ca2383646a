// Draws pairs of words with their cosines, and shares found with their intervals. Words reach the page through
// textContent alone; a click on a pair hands it to Python.

const track = (...marks) => {
  const node = set(element("span", "track"), { "aria-hidden": "true" });
  for (const [className, from, to] of marks) {
    const mark = element("span", className);
    mark.style.left = percent(from);
    mark.style.width = to === undefined ? "" : percent(to - from);
    node.append(mark);
  }
  return node;
};

const pairs = ({ heading, note, usual, rows }) => {
  const items = rows.map((row) => {
    const words = element("span", "words");
    [row.word, row.other].forEach((word, i) => {
      if (i) words.append(" · ");
      words.append(element("bdi", row.known[i] ? "" : "oov", word), row.known[i] ? "" : element("span", "mark", "≈"));
    });
    const bar = track(["fill", 0, row.place], ["usual", usual]);
    const data = { word: row.word, other: row.other };
    return element("li", "", clickable("pair", data, words, bar, element("span", "number", row.number)));
  });
  return element("section", "", element("h2", "", heading), element("p", "", note), element("ul", "pairs", ...items));
};

const tallies = ({ heading, lines, rows }) => {
  const items = rows.map((row) => {
    const number = element("span", "number", element("b", "", row.number), ` ${row.interval}`);
    const trials = row.trials.map(({ found, word, other, text, about }) =>
      clickable(`trial ${found ? "found" : "lost"}`, { word, other }, element("bdi", "", text), " ", element("small", "", about)),
    );
    const bar = track(["fill", 0, row.share], ["interval", row.low, row.high]);
    return element("li", "tally", element("span", "name", row.name), bar, number, element("div", "trials", ...trials));
  });
  const told = lines.map((line) => element("p", "", line));
  return element("section", "tallies", element("h2", "", heading), ...told, element("ul", "", ...items));
};

class TypoTest extends Drawing {
  constructor(root) {
    super(root);
    root.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (!button) return;
      this.tell("choose", { word: button.dataset.word, other: button.dataset.other });
      document.querySelector(".st-key-boxes")?.scrollIntoView({ block: "start" });
    });
  }

  draw(data) {
    this.root.replaceChildren(pairs(data.pairs), ...(data.tallies ? [tallies(data.tallies)] : []));
    this.root.dataset.drawn = data.tallies ? "tallies" : "pairs";
  }
}

export default mounted(TypoTest);
