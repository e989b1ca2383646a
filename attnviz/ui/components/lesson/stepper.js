// The way through the lesson: a link to each step, back and next, and the arrow keys where no control needs them.

class Stepper extends Drawing {
  constructor(root) {
    super(root);
    root.addEventListener("click", (event) => {
      const way = event.target.closest("a");
      if (!way || event.ctrlKey || event.metaKey || event.shiftKey) return; // to a window of its own
      event.preventDefault();
      this.#go(Number(way.dataset.step));
    });
    this.pressed = (event) => this.#key(event);
  }

  listen() {
    document.addEventListener("keydown", this.pressed);
  }

  leave() {
    document.removeEventListener("keydown", this.pressed);
  }

  // Drawn also if nothing has changed: a step that was asked for may have come to nothing.
  show(json) {
    this.draw(JSON.parse(json));
  }

  draw(data) {
    this.data = data;
    const { now, steps, texts } = data;
    this.now = now;
    const way = (step, text, name, className = "") => {
      const link = element("a", className, text);
      if (step < 1 || step > steps.length) {
        link.setAttribute("aria-disabled", "true");
        link.setAttribute("role", "link");
      } else {
        link.href = `?${new URLSearchParams({ ...data.query, step })}`;
        link.dataset.step = step;
      }
      link.setAttribute("aria-label", name);
      link.title = name;
      return link;
    };
    const list = element("ol");
    steps.forEach((name, i) => {
      const item = element("li");
      const link = way(i + 1, String(i + 1), `${i + 1}. ${name}`);
      if (i + 1 === now) link.setAttribute("aria-current", "step");
      item.append(link);
      list.append(item);
    });
    const focused = this.root.getRootNode().activeElement;
    const place = focused ? [...this.root.querySelectorAll("a")].indexOf(focused) : -1;
    this.root.replaceChildren(way(now - 1, `← ${texts.back}`, texts.back, "turn"), list, way(now + 1, `${texts.next} →`, texts.next, "turn"));
    this.root.setAttribute("aria-label", texts.label);
    this.root.dataset.now = now;
    if (place >= 0) this.root.querySelectorAll("a")[place]?.focus();
  }

  #key(event) {
    const turn = { ArrowRight: 1, ArrowLeft: -1, PageDown: 1, PageUp: -1 }[event.key];
    if (!turn || !isFree(event, ".scroll") || (event.key.startsWith("Page") && !this.data.present)) return;
    const step = this.now + turn;
    if (step < 1 || step > this.data.steps.length) return;
    event.preventDefault();
    this.#go(step);
  }

  #go(step) {
    this.now = step; // two quick presses go two steps
    this.tell("go", step);
  }
}

export default mounted(Stepper);
