// The slider that moves a sentence's panels through the epochs of the training run. All of it happens in the browser;
// Python hears where the slider came to rest, for the link. Its last place is the finished classifiers.

const STEP = 800; // milliseconds an epoch while it plays

class Epochs {
  constructor(moved, rests) {
    this.moved = moved;
    this.rests = rests;
    this.before = []; // where it has rested while answers are on their way
    this.play = clickable("play");
    this.slider = set(element("input"), { type: "range", min: 0, step: 1 });
    this.name = element("output", "name");
    this.scale = set(element("div", "steps"), { "aria-hidden": "true" });
    this.marks = element("p", "marks");
    const track = element("div", "track-and-steps", this.slider, this.scale);
    this.node = element("div", "epochs", this.play, track, this.name, this.marks);
    this.play.addEventListener("click", () => (this.playing ? this.#rest() : this.#start()));
    this.slider.addEventListener("input", () => {
      this.#stop();
      this.#to(Number(this.slider.value));
    });
    this.slider.addEventListener("change", () => this.#rest());
  }

  draw(history) {
    this.node.hidden = !history;
    if (!history) {
      this.#stop();
      this.told = this.at = undefined;
      this.before = [];
      this.history = null;
      return;
    }
    this.history = history;
    if (history.at === this.told) this.before = [];
    else if (!this.before.includes(history.at)) { // nor an answer to a key before the last
      this.#stop();
      this.at = this.told = history.at;
      this.before = [];
    }
    const { last, texts } = history;
    this.slider.max = last + 1;
    this.slider.setAttribute("aria-label", texts.label);
    this.marks.textContent = texts.marks;
    const every = Math.ceil(last / 20);
    this.scale.replaceChildren();
    for (let at = 0; at <= last; at++) {
      const kept = history.panels.some((panel) => panel.kept === at);
      if (at % every && !kept) continue;
      const step = element("span", kept ? "kept" : "", at % every ? "▲" : `${at}`);
      step.style.left = `calc(8px + ${at / (last + 1)} * (100% - 16px))`; // the middle of a thumb of 16 pixels
      this.scale.append(step);
    }
    this.#show();
  }

  get past() {
    return this.history && this.at <= this.history.last;
  }

  #start() {
    if (!this.past || this.at === this.history.last) this.#to(0);
    this.playing = setInterval(() => {
      if (!this.node.isConnected) return this.#stop();
      this.#to(this.at + 1);
      if (!this.past) this.#rest();
    }, STEP);
    this.#show();
  }

  #stop() {
    clearInterval(this.playing);
    this.playing = null;
  }

  #rest() {
    this.#stop();
    this.#show();
    if (this.told === this.at) return;
    this.before.push(this.told);
    this.rests((this.told = this.at));
  }

  #to(at) {
    this.at = at;
    this.#show();
    this.moved();
  }

  #show() {
    const { names, texts } = this.history;
    this.play.textContent = this.playing ? `❚❚ ${texts.pause}` : `▶ ${texts.play}`;
    this.slider.value = this.at;
    this.slider.setAttribute("aria-valuetext", names[this.at]);
    this.name.textContent = names[this.at];
  }
}

