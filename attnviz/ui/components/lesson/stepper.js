// The way through the lesson: a link to each step, back and next, and the arrow keys where no control needs them.

class Stepper extends Drawing {
  always = true; // a step that was asked for may have come to nothing

  constructor(root) {
    super(root);
    root.addEventListener("click", (event) => {
      const way = event.target.closest("a");
      if (!way || event.ctrlKey || event.metaKey || event.shiftKey) return; // to a window of its own
      event.preventDefault();
      this.#go(Number(way.dataset.step));
    });
    this.listeners.keydown = (event) => this.#key(event);
  }

  draw(data) {
    this.data = data;
    const { now, steps, texts } = data;
    this.now = now;
    const way = (step, text, name, className = "") => {
      const link = element("a", className, text);
      if (step < 1 || step > steps.length) set(link, { "aria-disabled": "true", role: "link" });
      else {
        link.href = `?${new URLSearchParams({ ...data.query, step })}`;
        link.dataset.step = step;
      }
      return set(link, { "aria-label": name, title: name });
    };
    const links = steps.map((name, i) => way(i + 1, String(i + 1), `${i + 1}. ${name}`));
    links[now - 1]?.setAttribute("aria-current", "step");
    const list = element("ol", "", ...links.map((link) => element("li", "", link)));
    const place = [...this.root.querySelectorAll("a")].indexOf(this.focused);
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
    document.dispatchEvent(new CustomEvent("attnviz:step", { detail: step })); // for the picture, which need not wait
    this.tell("go", step);
  }
}

export default mounted(Stepper);
