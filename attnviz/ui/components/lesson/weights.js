// The weights in one's own hand: a temperature to turn, or a slider a word. The hidden states h_i stay, so the votes
// v_i = V·h_i do, and context and answer follow here, without asking Python: c = Σ α_i h_i, logit_k = Σ α_i v_ik + bias_k.

const QUIET = 350; // milliseconds after the last turn: then the link is told

class Weights extends Drawing {
  always = true; // what was told may have come to nothing

  constructor(root) {
    super(root);
    root.addEventListener("input", (event) => this.#input(event.target));
    root.addEventListener("change", (event) => event.target.dataset.place !== undefined && (this.base = null));
    root.addEventListener("click", (event) => this.#click(event.target));
  }

  draw(data) {
    const { hand, temperature, ...rest } = data;
    const built = JSON.stringify(rest);
    if (built !== this.built) {
      clearTimeout(this.timer);
      this.timer = null;
      this.data = data;
      this.hidden = new Float32Array(unpack(data.hidden));
      this.#build();
    }
    // What Python tells is shown unless it is what was told last: then somebody may be turning on.
    if (built !== this.built || (!this.timer && (hand !== this.hand || temperature !== this.temperature))) {
      [this.hand, this.temperature, this.base] = [hand, temperature, null];
      this.#update();
    }
    this.built = built;
    this.root.dataset.step = data.step;
    this.root.dataset.digest = data.digest;
  }

  #build() {
    const { data } = this;
    const { texts } = data;
    const softmaxed = data.mode === "softmax";
    const table = element("table", "weights");
    head(table, softmaxed ? texts.headsSoftmax : texts.headsHand);
    const body = table.createTBody();
    this.rows = [];
    const build = (word, i) => {
      const row = body.insertRow();
      this.rows.push(softmaxed ? this.#bar(row, word, i) : this.#slider(row, word, i));
    };
    inPortions(data.words, body, build, () => this.#update());
    const foot = table.createTFoot().insertRow();
    rowHead(foot, texts.sum);
    this.total = element("td", "number total");
    if (softmaxed) {
      this.powers = element("td", "power");
      foot.append(element("td"), this.powers, element("td"), this.total);
    } else foot.append(element("td"), this.total);

    const list = data.words.length > 5 ? window_(table, texts.words) : table;
    const side = element("div", "lesson side");
    this.answer = set(element("section", "answer"), { "aria-live": "polite", "aria-label": texts.answer });
    if (softmaxed) {
      side.append(...this.#dial(), this.answer);
      this.root.replaceChildren(this.#halves(list, side));
    } else {
      side.append(this.answer, ...this.#context());
      this.root.replaceChildren(this.#presets(), this.#halves(list, side));
    }
  }

  #bar(row, word, i) {
    rowHead(row, named(word.name, word.unseen));
    const drawn = { number: element("td", "number"), power: element("td", "power"), bar: element("span", "bar") };
    const score = element("td", "score", plain(this.data.scores[i]));
    row.append(score, drawn.power, element("td", "bars", drawn.bar), drawn.number);
    return drawn;
  }

  #slider(row, word, i) {
    const { texts, weights } = this.data;
    rowHead(row, set(clickable("word", { one: i }, named(word.name, word.unseen)), { title: texts.one }));
    const label = fill(texts.slider, { word: word.name });
    const slider = set(element("input"), { type: "range", min: 0, max: 1, step: 0.001, "data-place": i, "aria-label": label });
    const drawn = { number: element("td", "number"), slider };
    const own = element("span", "own");
    own.style.insetInlineStart = `calc(0.8rem + 0.5rem + ${weights[i]} * (100% - 1.8rem))`;
    row.append(element("td", "slide", slider, own), drawn.number);
    return drawn;
  }

  #dial() {
    const { hottest, texts } = this.data;
    this.dial = set(element("input"), { type: "range", min: 0, max: hottest, step: 0.05, "data-dial": "" });
    this.output = element("output");
    const label = element("label", "dial", element("span", "", texts.temperature), this.dial, this.output);
    this.note = element("p", "about hint");
    return [label, element("div", "presets", clickable("", { back: "" }, texts.back)), this.note];
  }

  #presets() {
    const { presets, texts } = this.data;
    const offered = [...presets, { id: "shuffle", name: texts.shuffle }];
    this.presets = element("div", "presets", ...offered.map(({ id, name }) => clickable("", { preset: id }, name)));
    return set(this.presets, { role: "group", "aria-label": texts.presets });
  }

  #context() {
    const { texts } = this.data;
    this.far = element("p", "said");
    this.strip = set(element("canvas"), { role: "img", "aria-label": texts.context });
    this.numbers = element("p", "hint");
    return [this.far, element("div", "context", element("h3", "hint", texts.context), this.strip, this.numbers)];
  }

  #halves(one, other) {
    const left = element("div", "lesson", one, element("p", "about hint", this.data.texts.about));
    return element("div", "hand", left, other);
  }

  get weights() {
    const { data } = this;
    if (data.mode === "softmax") return this.#heated();
    return this.#taken();
  }

  #heated() {
    const { scores, weights } = this.data;
    if (this.temperature === 1) return weights;
    if (this.temperature > 0) return softmax(scores.map((score) => score / this.temperature));
    const highest = Math.max(...scores);
    const winners = scores.filter((score) => score === highest).length;
    return scores.map((score) => (score === highest ? 1 / winners : 0));
  }

  #taken() {
    const { presets, weights } = this.data;
    const [kind, seed] = this.hand.split("-");
    const preset = presets.find((one) => one.id === this.hand);
    if (preset) return preset.weights;
    if (kind === "shuffle") return shuffled(weights, Number(seed));
    if (kind === "one") return weights.map((_, i) => Number(i === Number(seed)));
    const list = this.hand.split(".").map(Number);
    const total = sum(list);
    return list.length === weights.length && total > 0 ? list.map((one) => one / total) : weights;
  }

  #update() {
    const { data, weights } = this;
    const { texts } = data;
    const shown = apportion(weights, 1);
    const contributions = data.labels.map((_, k) => weights.map((weight, i) => weight * data.votes[i][k]));
    const logits = contributions.map((list, k) => sum(list) + data.bias[k]);
    const probabilities = softmax(logits);
    const settled = apportion(probabilities, 1);
    const best = probabilities.indexOf(Math.max(...probabilities));
    const context = data.mode === "softmax" ? this.#heat(shown, weights) : this.#hold(shown, weights);
    this.total.textContent = plain(sum(shown));
    this.answer.replaceChildren(
      element("h3", "", texts.answer),
      element("div", "verdict", data.labels[best]),
      classes(
        data.labels.map((name, k) => ({
          name, logit: signed(logits[k], PLACES), share: probabilities[k], was: data.probabilities[k], colour: data.colours[k], probability: plain(settled[k]),
        })),
      ),
      element("p", "about hint", texts.was),
    );
    this.#show({ weights, shares: shown, contributions, logits, probabilities: settled, answer: best, context });
    const turned = best !== data.prediction;
    this.answer.append(element("p", "about", turned ? texts.turned : texts.stayed));
  }

  // The picture of the whole model follows, also one that is drawn later.
  #show(taken) {
    const { digest, step, weights } = this.data;
    const own = taken.weights.every((weight, i) => weight === weights[i]);
    document.takenWeights = own ? null : { digest, step, ...taken };
    document.dispatchEvent(new CustomEvent("attnviz:weights"));
  }

  #heat(shown, weights) {
    const { data } = this;
    const temperature = this.temperature || 0;
    const powers = data.scores.map((score) => Math.exp(score / temperature));
    const small = temperature > 0 && Math.max(...powers) < 1e5;
    const rounded = small ? apportion(powers) : powers;
    const say = (power) => (temperature > 0 ? (small ? plain(power) : power.toExponential(2).replace("e+", "e")) : "–");
    this.rows.forEach((row, i) => {
      row.power.textContent = say(rounded[i]);
      row.bar.style.width = `calc(${weights[i]} * (100% - 0.8rem))`;
      row.number.textContent = plain(shown[i]);
    });
    this.powers.textContent = say(sum(rounded));
    this.dial.value = temperature;
    this.output.textContent = temperature.toFixed(2);
    this.note.textContent = temperature === 0 ? data.texts.zero : hintOf(data.texts);
  }

  #hold(shown, weights) {
    const { data } = this;
    this.rows.forEach((row, i) => {
      if (this.focused !== row.slider || !this.base) row.slider.value = weights[i];
      row.slider.setAttribute("aria-valuetext", plain(shown[i]));
      row.number.textContent = plain(shown[i]);
    });
    const kind = this.hand.split("-")[0];
    for (const button of this.presets.children) button.setAttribute("aria-pressed", String(button.dataset.preset === kind));
    const far = sum(weights.map((weight, i) => Math.abs(weight - data.weights[i]))) / 2;
    this.far.textContent = fill(data.texts.far, { distance: plain(far) });
    this.far.dataset.distance = far;
    const context = new Array(data.width).fill(0);
    weights.forEach((weight, i) => {
      if (weight) for (let j = 0; j < data.width; j++) context[j] += weight * this.hidden[i * data.width + j];
    });
    paint(this.strip, context, data.width / 2);
    this.numbers.textContent = `c = (${context.slice(0, 4).map(plain).join(", ")}, …)`;
    return context;
  }

  #input(target) {
    if (target.dataset.dial !== undefined) {
      this.temperature = Number(target.value);
    } else if (target.dataset.place !== undefined) {
      const place = Number(target.dataset.place);
      this.base ??= this.weights;
      const others = sum(this.base) - this.base[place];
      const wanted = this.base.length > 1 ? Number(target.value) : 1;
      const rest = 1 - wanted;
      const drawn = this.base.map((weight, i) =>
        i === place ? wanted : others > 0 ? (weight * rest) / others : rest / (this.base.length - 1),
      );
      this.hand = apportion(drawn, 1).map((weight) => Math.round(weight * 10 ** PLACES)).join(".");
    } else return;
    this.#update();
    this.#tell();
  }

  #click(target) {
    const one = target.closest("[data-one]");
    const preset = target.closest("[data-preset]");
    if (target.closest("[data-back]")) this.temperature = 1;
    else if (one) this.hand = `one-${one.dataset.one}`;
    else if (preset?.dataset.preset === "shuffle") this.hand = `shuffle-${this.hand.startsWith("shuffle-") ? Number(this.hand.split("-")[1]) + 1 : 1}`;
    else if (preset) this.hand = preset.dataset.preset;
    else return;
    this.base = null;
    this.#update();
    this.#tell();
  }

  #tell() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      if (this.root.isConnected) this.tell("taken", { digest: this.data.digest, hand: this.hand, temperature: this.temperature });
    }, QUIET);
  }
}

// Fisher and Yates with a small generator (mulberry32), so that a number names a shuffle in a link.
const shuffled = (weights, seed) => {
  let state = (seed * 0x9e3779b9) >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const dealt = [...weights];
  for (let i = dealt.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [dealt[i], dealt[j]] = [dealt[j], dealt[i]];
  }
  return dealt;
};

export default mounted(Weights);
