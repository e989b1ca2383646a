// What all components share; `base.component` puts it in front of each. What people typed reaches a page through
// textContent alone.

const element = (tag, className = "", text = "") => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== "") node.textContent = text;
  return node;
};
const vector = (tag, attributes, text = "") => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== "") node.textContent = text;
  return node;
};
const head = (table, heads) => {
  const row = table.createTHead().insertRow();
  for (const text of heads) {
    const cell = element("th");
    cell.scope = "col";
    cell.append(element("bdi", "", text));
    row.append(cell);
  }
  return row;
};

const fill = (template, values) => template.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const percent = (share, digits = 1) => (100 * share).toFixed(digits) + "%";
const fixed = (number, digits) => {
  const shown = Math.abs(number).toFixed(digits);
  return number < 0 && Number(shown) !== 0 ? `\u2212${shown}` : shown; // nothing is minus zero
};
const signed = (number, digits = 2) => (Number(number.toFixed(digits)) > 0 ? "+" : "") + fixed(number, digits);

// A key pressed anywhere on the page is for whoever listens to the page unless a control there, or one that `also`
// selects, needs it.
const NEEDS_KEYS = "input, textarea, select, [contenteditable], [role=slider], [role=radio], [role=radiogroup], [role=listbox], [role=combobox], [role=tab]";
const isFree = (event, also) =>
  !(event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) &&
  !event.composedPath()[0].closest?.(`${NEEDS_KEYS}, ${also}`);

// Arrow keys go from button to button of a group that is one stop for the tab key.
const rove = (event, buttons) => {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
  if (!step || !buttons.length) return;
  event.preventDefault();
  const next = buttons[Math.max(0, Math.min(buttons.indexOf(event.target) + step, buttons.length - 1))];
  event.target.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
};

// The one clock of all that is shown before the server has answered: a word struck out, a line chosen, a sentence drawn
// from what was prefetched. (Measured: a step through the errors takes 32 ms so, 170 to 260 behind the server; and of 20
// rounds of keys in haste 10 ended at a wrong line where an answer to an earlier key was followed.) If no answer comes in
// this time, as when Back came in between, what the server gave last is shown again. Without the clock the page would go
// on showing what nobody was told of.
const PATIENCE = 4000; // ms

// A component that lives on its root as long as that is on the page.
class Drawing {
  constructor(root) {
    this.root = root;
  }

  // `given` is what the server gave last, `json` what is shown: null if that is no longer what any JSON said.
  receive(json) {
    this.given = json;
    this.show(json);
  }

  show(json) {
    if (json === this.json) return;
    this.json = json;
    this.draw(JSON.parse(json));
  }

  awaitAnswer() {
    clearTimeout(this.unanswered);
    this.unanswered = setTimeout(() => this.root.isConnected && this.giveWay(), PATIENCE);
  }

  giveWay() {
    this.show(this.given);
  }

  // What it hears on the document, from each mount to the end.
  listen() {}

  leave() {}
}

// Returns what Streamlit calls for a mount and for new data.
const mounted = (Kind) => ({ data, parentElement, setTriggerValue }) => {
  const root = parentElement.querySelector("[data-component]");
  const drawing = (root.drawing ??= new Kind(root));
  drawing.tell = setTriggerValue;
  drawing.listen();
  drawing.receive(data.json);
  return () => drawing.leave();
};
