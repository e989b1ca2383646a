// Draws pairs of words with their cosines, and shares found with their intervals. Words reach the page through
// textContent alone; a click on a pair hands it to Python.

const track = (...marks) => {
  const node = element("span", "track");
  node.setAttribute("aria-hidden", "true");
  for (const [className, from, to] of marks) {
    const mark = element("span", className);
    mark.style.left = percent(from);
    mark.style.width = to === undefined ? "" : percent(to - from);
    node.append(mark);
  }
  return node;
};

const choice = (className, word, other) => {
  const button = element("button", className);
  button.type = "button";
  button.dataset.word = word;
  button.dataset.other = other;
  return button;
};

const pairs = ({ heading, note, usual, rows }) => {
  const node = element("section");
  const list = element("ul", "pairs");
  for (const row of rows) {
    const button = choice("pair", row.word, row.other);
    const words = element("span", "words");
    [row.word, row.other].forEach((word, i) => {
      if (i) words.append(" · ");
      words.append(element("bdi", row.known[i] ? "" : "oov", word), row.known[i] ? "" : element("span", "mark", "≈"));
    });
    button.append(words, track(["fill", 0, row.place], ["usual", usual]), element("span", "number", row.number));
    const item = element("li");
    item.append(button);
    list.append(item);
  }
  node.append(element("h2", "", heading), element("p", "", note), list);
  return node;
};

const tallies = ({ heading, lines, rows }) => {
  const node = element("section", "tallies");
  const list = element("ul");
  for (const row of rows) {
    const item = element("li", "tally");
    const number = element("span", "number");
    number.append(element("b", "", row.number), ` ${row.interval}`);
    const trials = element("div", "trials");
    for (const trial of row.trials) {
      const button = choice(`trial ${trial.found ? "found" : "lost"}`, trial.word, trial.other);
      button.append(element("bdi", "", trial.text), " ", element("small", "", trial.about));
      trials.append(button);
    }
    item.append(element("span", "name", row.name), track(["fill", 0, row.share], ["interval", row.low, row.high]), number, trials);
    list.append(item);
  }
  node.append(element("h2", "", heading), ...lines.map((line) => element("p", "", line)), list);
  return node;
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
