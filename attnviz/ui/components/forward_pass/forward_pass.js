// The model as one picture. A step lights its part here at once, whoever asks for it; the server's word comes after.

const GUTTER = 7.2; // em
const SIDE = 14.5;
const NARROW_SCREEN = 640; // px
const LINGER = 1300; // ms that a part stays lit while the numbers flow through all of them
const CLASSES_SHOWN = 4;

class ForwardPass extends Drawing {
  always = true; // a step that was asked for may have come to nothing

  constructor(root) {
    super(root);
    this.scroller = element("div", "scroller");
    this.card = set(element("div", "card"), { popover: "manual", "aria-hidden": "true" });
    this.live = set(element("p", "live"), { "aria-live": "polite" });
    this.open = root.clientWidth >= NARROW_SCREEN;
    root.addEventListener("pointerdown", (event) => event.target.closest("button") && event.preventDefault()); // the keys stay where they were
    root.addEventListener("pointermove", (event) => event.pointerType === "mouse" && this.#point(event));
    root.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.#release());
    root.addEventListener("click", (event) => this.#click(event));
    root.addEventListener("keydown", (event) => this.#key(event));
    root.addEventListener("focusin", ({ target }) => target.dataset.part && target.matches(":focus-visible") && this.#hold(spotOf(target), target, true));
    root.addEventListener("focusout", () => this.#release());
    this.listeners["attnviz:step"] = ({ detail }) => this.#turn(detail);
    this.listeners["attnviz:weights"] = () => this.data && this.open && this.#take();
    new ResizeObserver(() => this.data && root.clientWidth !== this.laid && this.#lay()).observe(root);
  }

  draw(data) {
    const { step, spot, ...rest } = data;
    const built = JSON.stringify(rest);
    if (this.wanted === step) this.wanted = undefined;
    if (built === this.built && this.wanted !== undefined) return; // the answer to a step that was left again
    const before = built === this.built ? this.step : undefined;
    this.step = step;
    if (built !== this.built) {
      [this.data, this.built, this.hand] = [data, built, Math.max(0, spot)];
      this.#build();
    } else if (spot >= 0 && spot !== this.spot) this.#hand(spot);
    this.spot = spot;
    if (before !== step) this.#light(step, before !== undefined);
  }

  // A word chosen elsewhere on the page.
  #hand(spot) {
    this.hand = spot;
    if (this.root.classList.contains("slim")) this.#lay();
  }

  giveWay() {
    this.wanted = undefined;
    super.giveWay();
  }

  #turn(step) {
    if (!this.data || !this.data.step || step === this.step) return; // step 0 is another page's
    [this.step, this.wanted] = [step, step];
    this.#light(step, true);
    this.awaitAnswer();
  }

  #build() {
    const { data } = this;
    const focus = this.focused?.dataset?.part && spotOf(this.focused);
    this.#release();
    this.root.classList.toggle("present", data.present);
    this.root.classList.toggle("folded", !this.open);
    this.stages = data.readers.map((reader, place) => new Stage(data, reader, place, this.#tools(place)));
    this.scroller.replaceChildren(...this.stages.map(({ node }) => node));
    set(this.scroller, { role: "group", "aria-label": data.texts.picture, "aria-description": data.texts.keys });
    const parts = Object.values(data.texts.parts).map((name) => element("span", "", name));
    this.opener = set(clickable("opener", { tool: "fold" }, element("b", "", data.texts.unfold), ...parts), { "aria-expanded": "false" });
    this.root.replaceChildren(this.opener, this.scroller, this.card, this.live);
    this.root.dataset.digest = data.digest;
    this.taken = false;
    this.#lay();
    if (focus) this.#buttonOf(focus)?.focus();
  }

  #tools(place) {
    const { data } = this;
    if (place) return [];
    const tool = (name, text) => set(clickable("tool", { tool: name }, sign(name)), { "aria-label": text, title: text });
    const tools = data.hidden ? [] : [tool("play", data.texts.play)];
    if (data.both !== null) tools.push(set(tool("both", data.texts.both), { "aria-pressed": String(data.both) }));
    return [...tools, set(tool("fold", data.texts.fold), { "aria-expanded": "true" })];
  }

  #lay() {
    const { root, data } = this;
    this.laid = root.clientWidth;
    if (!this.open || !this.laid) return;
    const narrow = this.laid < NARROW_SCREEN;
    root.classList.toggle("narrow", narrow);
    const em = parseFloat(getComputedStyle(root).fontSize);
    const [focus, both] = [this.focused?.dataset?.part && spotOf(this.focused), data.readers.length > 1];
    const shape = narrow ? "touched" : data.present ? (both ? "beamedTwin" : "beamed") : data.small || both ? "small" : "whole";
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = `600 ${em}px ${getComputedStyle(root).fontFamily}`;
    const natural = data.words.map(({ name, known }) => pen.measureText(known ? name : `${name} ≈`).width + 0.9 * em);
    const gutter = (narrow ? 5.6 : GUTTER) * em;
    const least = narrow ? Math.min(natural.length, 24) * 3.4 * em : 0;
    const room = Math.max(least, this.laid - gutter - SIDE * em);
    const columns = columnsOf(natural, room, em, this.hand);
    root.classList.toggle("slim", columns.some(({ wide }) => !wide));
    for (const stage of this.stages) stage.lay(shape, columns, { em, room, gutter });
    this.#light(this.step, false);
    if (focus) this.#buttonOf(focus)?.focus();
    else this.#stops(this.#buttonOf({ stage: 0, part: "word", i: this.hand }));
  }

  // Weights in somebody's hand hold for the step that they were taken in, and for the classifier it is about.
  #take() {
    const taken = document.takenWeights;
    const fits = taken && taken.digest === this.data.digest && taken.step === this.step && !this.data.hidden;
    if (!fits && !this.taken) return;
    this.taken = fits;
    this.stages[0].take(fits ? taken : null);
  }

  #light(step, moving) {
    if (!this.open) return;
    this.#take();
    this.player = null;
    this.root.dataset.step = step;
    this.#release();
    for (const stage of this.stages) stage.light(LIT[step] ?? [], step, moving);
  }

  async #play() {
    const player = (this.player = {});
    const button = this.root.querySelector("[data-tool=play]");
    const say = (name, text) => button.replaceChildren(sign(name)) ?? set(button, { "aria-label": text, title: text });
    say("stop", this.data.texts.stop);
    for (const lit of [["word", "x"], ["f", "b"], ["e"], ["a"], ["c"], ["z"]]) {
      for (const stage of this.stages) stage.light(lit, lit[0] === "z" ? 6 : 0, true);
      await new Promise((over) => setTimeout(over, lit[0] === "f" ? 2 * LINGER : LINGER));
      if (this.player !== player || !this.root.isConnected) break;
    }
    say("play", this.data.texts.play);
    if (this.player === player) this.#light(this.step, false);
  }

  #click(event) {
    const tool = event.target.closest("[data-tool]")?.dataset.tool;
    if (tool === "play") return this.player ? this.#light(this.step, false) : this.#play();
    if (tool === "both") return this.tell("both", !this.data.both);
    if (tool === "fold") return this.#fold();
    const spot = this.#spotAt(event);
    if (!spot) return;
    if (event.pointerType === "touch" && !(this.held && sameSpot(this.held, spot))) return this.#hold(spot, event.target); // a tap first shows, then goes
    this.#go(spot);
  }

  #fold() {
    this.open = !this.open;
    this.root.classList.toggle("folded", !this.open);
    this.#lay();
    (this.open ? this.root.querySelector(".tool[data-tool=fold]") : this.opener).focus({ preventScroll: true });
  }

  #go({ part, i }) {
    const unseen = part === "word" && i >= 0 && !this.data.words[i].known;
    const step = unseen ? 7 : STEP_OF[part];
    if (this.root.classList.contains("slim") && i >= 0 && i !== this.hand) {
      this.hand = i;
      this.#lay();
    }
    if (this.data.step) {
      document.dispatchEvent(new CustomEvent("attnviz:step", { detail: step }));
    }
    this.tell("go", { step, place: part === "e" || part === "f" || part === "b" ? i : -1, digest: this.data.digest });
  }

  // Up and down from part to part, left and right from word to word.
  #key(event) {
    if (event.key === "Escape" && this.held) {
      this.#release();
      return event.preventDefault();
    }
    const target = event.target.closest("[data-part]");
    const ways = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1], Home: [-Infinity, 0], End: [Infinity, 0] };
    const way = ways[event.key];
    if (!target || !way || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const spot = this.#next(spotOf(target), way);
    if (!spot) return;
    if (spot.i >= 0 && !this.stages[spot.stage].columns[spot.i]?.wide) {
      this.hand = spot.i;
      this.#lay();
    } else if (spot.i >= 0) this.hand = spot.i;
    const next = this.#buttonOf(spot);
    this.#stops(next);
    next?.focus();
  }

  #next({ stage, part, i, k }, [across, below]) {
    const last = this.data.words.length - 1;
    if (across && part === "c") return null;
    if (across && part === "z") {
      const { shown } = this.stages[stage].side;
      return { stage, part, k: shown[Math.max(0, Math.min(shown.length - 1, shown.indexOf(k) + across))] };
    }
    if (across) return { stage, part, i: Math.max(-1, Math.min(last, i + across)) };
    const ways = this.stages.flatMap(({ parts }, at) => parts.map((name) => ({ stage: at, part: name })));
    const next = ways[ways.findIndex((one) => one.stage === stage && one.part === part) + below];
    return next && { ...next, ...(next.part === "z" ? { k: this.stages[next.stage].side.shown[0] } : { i: i ?? this.hand }) };
  }

  #buttonOf({ stage, part, i, k }) {
    return this.stages[stage]?.button(part, i, k);
  }

  // One stop for the tab key.
  #stops(button) {
    for (const one of this.scroller.querySelectorAll("[data-part]")) one.tabIndex = -1;
    if (button) button.tabIndex = 0;
  }

  #spotAt(event) {
    const button = event.target.closest?.("[data-part]");
    if (button) return spotOf(button);
    const stage = this.stages.find(({ field }) => field.contains(event.target));
    return stage?.spotAt(event.clientX, event.clientY);
  }

  #point(event) {
    const spot = this.#spotAt(event);
    if (!spot) return this.#release();
    if (!this.held || !sameSpot(this.held, spot)) this.#hold(spot, event.target.closest?.("[data-part]") ?? event);
  }

  #hold(spot, anchor, aloud = false) {
    this.#release();
    const { data } = this;
    const stage = this.stages[spot.stage];
    const told = stage.told(spot);
    if (!told) return;
    this.held = spot;
    stage.trace(spot);
    const touch = matchMedia("(hover: none)").matches;
    const step = spot.part === "word" && spot.i >= 0 && !data.words[spot.i].known ? 7 : STEP_OF[spot.part];
    const hint = data.step ? (touch ? data.texts.stepTouch : data.texts.step) : touch ? data.texts.openTouch : data.texts.open;
    const said = fill(hint, { step, title: data.titles[step - 1] ?? "" });
    const line = (name, nodes) => (nodes.length ? element("p", "", element("b", "", `${name} `), ...nodes) : "");
    const formula = told.formula.length ? element("p", "formula", ...told.formula) : "";
    this.card.replaceChildren(element("p", "title", told.title), formula, line(data.texts.from, told.from), line(data.texts.to, told.to), element("p", "hint", said));
    this.card.showPopover?.();
    this.#place(anchor);
    if (aloud) this.live.textContent = [...this.card.children].slice(1).map((one) => one.textContent).join(". ");
  }

  // Below the picture, or above it where there is no room: what it is about and what is traced stay in sight.
  #place(anchor) {
    const box = anchor.getBoundingClientRect?.() ?? new DOMRect(anchor.clientX, anchor.clientY);
    const { top: above, bottom: below } = this.scroller.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.card;
    const left = Math.max(8, Math.min(innerWidth - width - 8, box.left + box.width / 2 - width / 2));
    const top = below + 4 + height < innerHeight ? below + 4 : above - height - 4 > 0 ? above - height - 4 : innerHeight - height - 4;
    Object.assign(this.card.style, { left: `${left}px`, top: `${top}px` });
  }

  #release() {
    if (!this.held) return;
    this.stages[this.held.stage]?.untrace();
    this.held = null;
    this.card.hidePopover?.();
  }
}

const SIGNS = { play: "M2 1L15 8L2 15Z", stop: "M3 3H13V13H3Z", both: "M1 1H15V6.5H1ZM1 9.5H15V15H1Z", fold: "M2 11L8 4L14 11L12.6 12.4L8 7L3.4 12.4Z" };
const sign = (name) => vector("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, vector("path", { d: SIGNS[name] }));

const spotOf = ({ dataset }) => ({
  stage: Number(dataset.stage),
  part: dataset.part,
  ...(dataset.k === undefined ? { i: Number(dataset.i ?? -1) } : { k: Number(dataset.k) }),
});
const sameSpot = (one, other) => one.stage === other.stage && one.part === other.part && one.i === other.i && one.k === other.k;

export default mounted(ForwardPass);
