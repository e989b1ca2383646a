// Drawing: nodes whose text is text whoever typed it, sentences as heat-maps, and bars.

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

const element = (tag, look, ...inside) => {
  const node = document.createElement(tag);
  if (look) node.className = look;
  node.append(...inside);
  return node;
};

const set = (node, attributes) => {
  Object.keys(attributes).forEach((name) => node.setAttribute(name, attributes[name]));
  return node;
};

const button = (look, text, act) => {
  const node = set(element("button", look, text), { type: "button" });
  node.addEventListener("click", act);
  return node;
};

const show = (node, ...inside) => {
  node.textContent = "";
  node.append(...inside);
};

// What turns the direction of a text is seen, as everywhere in attnviz.
const isolate = (text) => set(element("span", "typed", text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "\ufffd")), { dir: "auto" });
const heading = (text, more) => element("h2", "", `${text} `, element("span", "note", more));
const note = (text) => element("p", "note", text);
const own = () => element("span", "mine", " ✓", element("span", "unseen", ` ${said.mine}`));

// A sentence word by word, with what stands between the words; `make` draws a word.
const words = ({ words: list, tail, right_to_left: rightToLeft }, make) => {
  const box = set(element("div", "words"), { dir: rightToLeft ? "rtl" : "ltr" });
  let glue = null;
  let letters = 0;
  list.forEach((word, i) => {
    letters += word.text.length;
    if (!glue || word.gap || letters > 10 || glue.childElementCount > 3) {
      glue = element("span", "glue"); // a word and the marks that touch it stay on one line
      letters = word.text.length;
      box.append(element("span", "gap", word.gap), glue);
    }
    glue.append(make(element("bdi", "", word.text), i, word));
  });
  box.append(element("span", "gap tail", tail));
  return box;
};

const plainWords = (round) => words(round, (text) => text);

// A word on its colour; both themes' stand in the style, and the CSS takes the one that is on.
const shaded = (text, scale, level, number) => {
  const node = element("span", "word", text, element("small", "", number));
  SHADES[scale].forEach((levels, theme) => {
    const ink = { i: "var(--ink)", k: "#000", w: "#fff" }[levels[7 * level]];
    node.style.setProperty(`--ink${theme}`, ink);
    node.style.setProperty(`--back${theme}`, `#${levels.substr(7 * level + 1, 6)}`);
  });
  return node;
};

// The class above the models: how many marked each word, on a scale of its own.
const classMap = (round) => {
  const { share, devices } = round.reveal;
  const mine = (round.mine && round.mine.marks) || [];
  const box = words(round, (text, i) => {
    const node = shaded(text, "class", Math.round(40 * share[i]), `${Math.round(100 * share[i])}%`);
    if (mine.includes(i)) node.lastChild.append(own());
    return node;
  });
  return element("section", "panel", heading(said.ours, fill(said.answers, { count: devices })), box, note(mine.length ? `${said.oursBelow} ✓: ${said.mine}` : said.oursBelow));
};

// One of the models: its name, what it answers, how it reads the sentence, and whether it was fooled.
const modelMap = (model, claimed) => {
  const answered = element("p", "answer", element("b", "", model.answer), ` ${model.percent} `);
  if (claimed) answered.append(element("span", model.label === claimed ? "badge" : "badge fooled", verdict(model, claimed)));
  const drawn = model.words ? words(model, (text, _, word) => shaded(text, "attention", word.level, word.number)) : "";
  return element("div", "model", element("h2", "", model.shown), answered, drawn);
};

const verdict = (model, claimed) => (model.label === claimed ? said.notFooled : said.fooled);

// How many expected what: a bar each, with its number.
const bars = ({ reveal, mine }) => {
  const most = Math.max(1, ...reveal.bars.map(([, , count]) => count));
  const list = element("dl", "bars");
  reveal.bars.forEach(([id, text, count]) => {
    const bar = element("span", "bar");
    bar.style.width = `${(100 * count) / most}%`;
    const name = element("dt", "", text, mine && mine.choice === id ? element("span", "mine", ` ✓ ${said.mine}`) : "");
    list.append(name, element("dd", "", element("span", "track", bar), element("b", "", count)));
  });
  return list;
};
