// What all components share; `base.component` puts it in front of each. What people typed reaches a page through
// textContent alone.

const set = (node, attributes) => {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
};
const element = (tag, className = "", ...children) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.filter((child) => child !== "" && child !== undefined));
  return node;
};
const vector = (tag, attributes, ...children) => {
  const node = set(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes);
  node.append(...children);
  return node;
};
const clickable = (className, data, ...children) => {
  const button = element("button", className, ...children);
  button.type = "button";
  Object.assign(button.dataset, data);
  return button;
};
const head = (table, heads) => {
  const row = table.createTHead().insertRow();
  row.append(...heads.map((text) => set(element("th", "", element("bdi", "", text)), { scope: "col" })));
  return row;
};
const rowHead = (row, ...children) => {
  const cell = set(element("th", "", ...children), { scope: "row" });
  row.append(cell);
  return cell;
};
// A table in a frame, under its heading and what is said about it. Its buttons are one stop for the tab key; arrow keys
// go on from there (see `rove`).
const headed = (className, id, { heading, about }, table, frame, stop = table.querySelector("button")) => {
  const title = set(element("h3", "", heading), { id });
  table.setAttribute("aria-labelledby", id);
  if (stop) stop.tabIndex = 0;
  return element("section", className, title, about ? element("p", "about", about) : "", element("div", frame, table));
};

// A text with the options of a command in it, each in one piece: a line would break at their hyphens.
const withOptions = (text) => text.split(/(--[\w.]+ [\d.]*\d)/).map((part, i) => (i % 2 ? element("span", "option", part) : part));
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

// Arrow keys go from button to button of a group that is one stop for the tab key; in a grid `across` is a line's length.
const rove = (event, buttons, across = 1) => {
  const step = { ArrowRight: 1, ArrowDown: across, ArrowLeft: -1, ArrowUp: -across, Home: -Infinity, End: Infinity }[event.key];
  if (!step) return null;
  event.preventDefault();
  const next = Number.isFinite(step) ? buttons[buttons.indexOf(event.target) + step] : buttons.at(step < 0 ? 0 : -1);
  if (!next || next === event.target) return null;
  event.target.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
  return next;
};

// The one clock of all that is shown before the server has answered: a word struck out, a line chosen, a sentence drawn
// from what was prefetched. (Measured: a step through the errors takes 32 ms so, 170 to 260 behind the server; and of 20
// rounds of keys in haste 10 ended at a wrong line where an answer to an earlier key was followed.) If no answer comes in
// this time, as when Back came in between, what the server gave last is shown again. Without the clock the page would go
// on showing what nobody was told of.
const PATIENCE = 4000; // ms

// A component that lives on its root as long as that is on the page.
class Drawing {
  listeners = {}; // what it hears on the document, from each mount to the end
  always = false; // drawn also if nothing has changed

  constructor(root) {
    this.root = root;
  }

  get focused() {
    return this.root.getRootNode().activeElement;
  }

  // `given` is what the server gave last, `json` what is shown: null if that is no longer what any JSON said.
  receive(json) {
    this.given = json;
    this.waits = this.pressed; // it is drawn after the click
    if (!this.waits) this.show(json);
  }

  // For a drawing whose every draw makes new buttons: a click is a press and a release on one of them, so what comes in
  // between waits. (Space presses too; Enter clicks at once.)
  keepStill() {
    const press = ({ type, key, button }) => {
      if (this.pressed || (type === "keydown" ? key !== " " : button)) return;
      this.pressed = true;
      const over = new AbortController();
      const release = () => {
        over.abort();
        setTimeout(() => {
          this.pressed = false;
          if (this.waits && this.root.isConnected) this.receive(this.given);
        }); // the click comes first
      };
      for (const end of ["pointerup", "pointercancel", "keyup"]) addEventListener(end, release, { capture: true, signal: over.signal });
    };
    this.root.addEventListener("pointerdown", press);
    this.root.addEventListener("keydown", press);
  }

  show(json) {
    if (json === this.json && !this.always) return;
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

  listen() {
    for (const [event, call] of Object.entries(this.listeners)) document.addEventListener(event, call);
  }

  leave() {
    for (const [event, call] of Object.entries(this.listeners)) document.removeEventListener(event, call);
  }
}

// Returns what Streamlit calls for a mount and for new data.
const mounted = (Kind) => ({ data, parentElement, setTriggerValue }) => {
  const root = parentElement.querySelector("[data-component]");
  const drawing = (root.drawing ??= new Kind(root));
  drawing.tell = setTriggerValue;
  if (data.language) document.documentElement.lang = data.language;
  drawing.listen();
  drawing.receive(data.json);
  return () => drawing.leave();
};

// What to do here: a screen that is touched has no mouse and no keys.
const hintOf = ({ hint, hintTouch }) => (matchMedia("(hover: none)").matches ? hintTouch : hint);
