// Whom every word of a sentence asks: its row over the words, the whole matrix, and every head by itself. All of it is
// here, so a click needs no server; that is told where the reader came to rest. A head's switch the server answers.

const RESTS = 350; // milliseconds after the last click: then the link is told
const MANY = 60; // words: more of them have a window of their own
const PAIRS = 8;

class Asking extends Drawing {
  always = true; // what was told may have come to nothing

  constructor(root) {
    super(root);
    root.addEventListener("click", ({ target }) => this.#click(target));
    root.addEventListener("keydown", (event) => event.target.matches?.(".asker") && rove(event, [...this.words.querySelectorAll(".asker")]));
    new ResizeObserver(() => this.#fit()).observe(root);
    root.addEventListener("transitionend", ({ target }) => target.matches(".theme") && this.data && this.#paint()); // it is another theme's
  }

  draw(data) {
    const { spot, way, head, off, ...rest } = data;
    const built = JSON.stringify(rest);
    const fresh = built !== this.built;
    if (fresh) {
      if (this.data?.digest !== data.digest || this.data.step !== data.step) {
        clearTimeout(this.timer);
        this.timer = this.told = this.spot = null;
      }
      this.data = data;
      this.maps = weighed(data.maps, data.heads, data.words.length);
      this.mean = meanOf(data.means.map((one) => this.maps[one]));
      this.#build();
    }
    this.off = off;
    // What the server tells is shown unless somebody has clicked on meanwhile, or it has not yet heard of the last click.
    const said = JSON.stringify([spot, way, head]);
    if (this.told === said || Date.now() > this.until) this.told = null;
    if (!this.timer && !this.told && said !== JSON.stringify([this.spot, this.way, this.head])) {
      [this.spot, this.way, this.head] = [spot, way, head];
      this.other = null;
    }
    this.built = built;
    Object.assign(this.root.dataset, { step: data.step, digest: data.digest });
    this.#paint();
    this.#fit();
    if (fresh && this.turned) this.root.querySelector(`.turn[data-turn="${this.turned}"]`)?.focus();
    if (fresh) this.turned = 0;
  }

  get map() {
    return this.head ? this.maps[this.head - 1] : this.mean;
  }

  weight(row, column) {
    return this.map[row * this.data.words.length + column];
  }

  #build() {
    const { data } = this;
    const { words, texts } = data;
    this.words = set(element("div", words.length > MANY ? "asked-words scroller many" : "asked-words scroller"), { role: "group", "aria-label": texts.words });
    this.askers = words.map((word, i) => {
      const number = element("small");
      const button = clickable("asker", { place: i }, named(word.name, word.unseen), number);
      button.tabIndex = -1;
      return { button, number };
    });
    this.words.append(...this.askers.map(({ button }) => button));
    this.ways = Object.entries(texts.ways).map(([way, text]) => clickable("", { way }, text));
    this.readout = element("p", "said readout");
    this.pair = set(element("output", "said pair"), { "aria-live": "polite" });
    this.matrix = new Matrix(words, texts, {
      onPoint: (at) => this.#tellPair(...(at ?? this.matrix.at)),
      onChoose: (at, moved) => this.#take(at, moved),
    });
    this.matrix.window.addEventListener("scroll", () => this.#frame(), { passive: true });
    this.zoom = clickable("zoom", {}, texts.whole);
    this.holder = element("div", "holder", this.matrix.window);
    const top = element("div", "top", this.pair, this.zoom);
    this.left = element("section", "map", element("h3", "hint", texts.heading), top, this.holder);
    this.thumbs = this.#thumbs();
    this.list = element("ol", "pairs");
    const list = element("section", "list", element("h3", "", texts.pairs), set(element("div", "scroll", this.list), { tabindex: 0, role: "region", "aria-label": texts.pairs }));
    this.overview = element("canvas", "overview");
    this.framed = element("div", "framed", set(this.overview, { role: "img", "aria-label": texts.overview }), element("i", "frame"));
    const side = element("div", "side scroller", data.cards.length ? this.cards : "", data.cards.length ? "" : this.framed, data.cards.length ? "" : list);
    const presets = set(element("div", "presets", ...this.ways), { role: "group", "aria-label": texts.way });
    const answer = data.answered ? element("p", "said answered", data.answered) : "";
    this.root.replaceChildren(element("i", "theme"), presets, this.words, this.readout, answer, element("div", "board", this.left, side), this.#legend());
  }

  // A card a head, the mean first; a click on its picture shows it.
  #thumbs() {
    const { cards, texts } = this.data;
    const thumbs = [];
    this.cards = set(element("div", "heads"), { role: "group", "aria-label": texts.heads });
    cards.forEach((card, place) => {
      const canvas = element("canvas");
      const show = set(clickable("thumb", { head: place }, element("span", "framed", canvas, element("i", "frame")), element("span", "name", card.name)), { "aria-pressed": "false" });
      const facts = element("div", "facts");
      if (place) {
        const turn = set(clickable("turn", { turn: place }, element("span", "knob"), element("span", "hint", card.off ? texts.off : texts.on)), { role: "switch", "aria-checked": String(!card.off), "aria-label": card.turn });
        facts.append(turn, element("p", "about worth", card.worth));
        if (card.habit) facts.append(element("p", "about hint", card.habit));
      } else facts.append(element("p", "about", card.worth));
      this.cards.append(element("div", card.off ? "head off" : "head", show, facts));
      thumbs.push(canvas);
    });
    return thumbs;
  }

  #legend() {
    const { legend, even, texts } = this.data;
    const strip = element("div", "strip", ...legend.steps.map((level) => element("i", `attention${level}`)));
    const share = element("i", "share");
    share.style.left = `${100 * Math.sqrt(even)}%`;
    const ticks = legend.ticks.map(([place, name]) => {
      const tick = element("span", "tick", name);
      tick.style.left = `${100 * place}%`;
      return tick;
    });
    return element("div", "colours", element("div", "scale", strip, share, ...ticks), element("p", "about", element("span", "key"), texts.even));
  }

  #paint() {
    const { data } = this;
    const size = data.words.length;
    const colours = coloursOf(this.root);
    paintMap(this.matrix.canvas, this.map, size, colours);
    if (data.cards.length) [this.mean, ...this.maps].forEach((map, i) => paintMap(this.thumbs[i], map, size, colours));
    else {
      paintMap(this.overview, this.map, size, colours);
      this.#strongest(size);
    }
    this.#show();
  }

  #strongest(size) {
    const { words } = this.data;
    this.list.replaceChildren(
      ...strongest(this.map, size, PAIRS).map(({ weight, row: i, column: j }) =>
        element("li", "", clickable("strong", { row: i, column: j }, element("bdi", "", words[i].name), " → ", element("bdi", "", words[j].name), element("b", "", percent(weight)))),
      ),
    );
  }

  #show() {
    const { data, spot, way } = this;
    const size = data.words.length;
    const places = data.words.map((_, i) => i);
    const weights = { asks: () => places.map((i) => this.weight(spot, i)), asked: () => places.map((i) => this.weight(i, spot)), answer: () => data.pooled }[way]();
    const shown = way === "asked" ? weights : apportion(weights, 1);
    this.askers.forEach(({ button, number }, i) => {
      button.className = `asker attention${levelOf(weights[i])}`;
      button.setAttribute("aria-pressed", String(i === spot && way !== "answer"));
      button.tabIndex = i === spot ? 0 : -1;
      number.textContent = percent(shown[i]);
    });
    for (const button of this.ways) button.setAttribute("aria-pressed", String(button.dataset.way === way));
    const order = [...places].sort((a, b) => weights[b] - weights[a]).slice(0, 3);
    const three = order.map((i) => `${data.words[i].name} ${percent(shown[i])}`).join(" · ");
    this.readout.textContent = fill(data.texts.told[way], { word: data.words[spot].name, three });
    const best = order[0];
    const [row, column] = way === "asked" ? [this.other ?? best, spot] : [spot, this.other ?? best];
    this.matrix.mark(row, column, this.#pairOf(row, column));
    this.matrix.row.classList.toggle("chosen", way === "asks");
    this.matrix.column.classList.toggle("chosen", way === "asked");
    this.#tellPair(row, column);
    this.root.querySelectorAll(".thumb").forEach((thumb, i) => thumb.setAttribute("aria-pressed", String(i === this.head)));
    this.root.dataset.shown = `${way} ${spot} ${this.head}`;
  }

  #pairOf(row, column) {
    const { words, texts } = this.data;
    return fill(texts.pair, { asks: words[row].name, asked: words[column].name, share: percent(this.weight(row, column)) });
  }

  #tellPair(row, column) {
    this.pair.textContent = this.#pairOf(row, column);
  }

  #fit() {
    if (!this.matrix || !this.holder.isConnected) return;
    const style = getComputedStyle(this.root);
    const filled = style.getPropertyValue("--fill").trim();
    const width = this.holder.clientWidth;
    const height = filled ? this.holder.clientHeight : Math.min(width, innerHeight * 0.86);
    if (!width) return;
    const whole = this.whole ?? Boolean(filled); // a projector has no room for many names
    this.matrix.fit(width, height, whole);
    this.zoom.hidden = this.matrix.fits;
    this.zoom.textContent = whole ? this.data.texts.close : this.data.texts.whole;
    this.root.classList.toggle("part", !this.matrix.fits && !whole);
    this.matrix.show();
    this.#frame();
  }

  #frame() {
    const part = this.root.classList.contains("part");
    const [left, top, width, height] = this.matrix.sight;
    this.root.querySelectorAll(".framed").forEach((framed, i) => {
      const frame = framed.querySelector(".frame");
      frame.hidden = !part || (this.data.cards.length && i !== this.head);
      Object.assign(frame.style, { left: `${100 * left}%`, top: `${100 * top}%`, width: `${100 * width}%`, height: `${100 * height}%` });
    });
  }

  // A pair in the matrix: its word stays in hand or becomes it, by what is shown. From a name at its side one is missing.
  #take([row, column], moved) {
    if (column === null) [this.way, this.spot, this.other] = ["asks", row, null];
    else if (row === null) [this.way, this.spot, this.other] = ["asked", column, null];
    else if (this.way === "asked") [this.spot, this.other] = [column, row];
    else [this.way, this.spot, this.other] = ["asks", row, column];
    this.#show();
    this.matrix.show();
    if (!moved) this.matrix.cell.focus({ preventScroll: true });
    this.#rest();
  }

  #click(target) {
    const button = target.closest?.("button");
    if (!button) return;
    const { place, way, head, turn, row, column } = button.dataset;
    if (place !== undefined) {
      [this.spot, this.other] = [Number(place), null];
      if (this.way === "answer") this.way = "asks";
    } else if (way) [this.way, this.other] = [way, null];
    else if (head !== undefined) [this.head, this.other] = [Number(head), null];
    else if (turn) return this.#turn(button, Number(turn));
    else if (row) return this.#take([Number(row), Number(column)]);
    else if (button === this.zoom) {
      this.whole = this.root.classList.contains("part");
      return this.#fit();
    } else return;
    if (head !== undefined) this.#paint();
    else this.#show();
    this.matrix.show();
    this.#rest();
  }

  #turn(button, head) {
    const on = button.getAttribute("aria-checked") === "true";
    button.setAttribute("aria-checked", String(!on));
    this.off = on ? [...this.off, head] : this.off.filter((one) => one !== head);
    this.turned = head;
    this.tell("turn", { digest: this.data.digest, off: this.off });
  }

  #rest() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      if (!this.root.isConnected) return;
      this.told = JSON.stringify([this.spot, this.way, this.head]);
      this.until = Date.now() + PATIENCE;
      this.tell("rest", { digest: this.data.digest, spot: this.spot, way: this.way, head: this.head });
    }, RESTS);
  }
}

export default mounted(Asking);
