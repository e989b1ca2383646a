// The text box: Enter hands the sentence over, Shift+Enter breaks the line. Enter that ends an input method's
// composition (a Hangul syllable, say) only ends it.

const fit = (area) => {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight}px`;
};

class TextBox extends Drawing {
  always = true; // what was handed over may have come to nothing

  constructor(form) {
    super(form);
    this.area = form.querySelector("textarea");
    this.examples = form.querySelector(".examples");
    this.about = form.querySelector(".about");
    this.fault = form.querySelector(".fault");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#hand(this.area.value);
    });
    this.area.addEventListener("input", () => {
      fit(this.area);
      this.#check(this.area.value);
    });
    new ResizeObserver(() => fit(this.area)).observe(form);
    this.area.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#hand(this.area.value);
    });
    this.area.addEventListener("change", () => this.#hand(this.area.value)); // left with a sentence in it
    this.examples.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) this.#hand(this.data.examples[Number(button.dataset.index)].text);
    });
  }

  draw(data) {
    this.data = data;
    this.root.querySelector("label").textContent = data.texts.label;
    this.root.querySelector(".go").textContent = data.texts.go;
    this.area.lang = data.sentences;
    // Python's text is shown unless somebody has typed on: in haste it answers one before the last.
    if (this.handed === undefined || this.area.value === this.handed) this.#show(data.text);
    else this.handed = data.text;
    this.#check(this.area.value);
    this.#offer(data);
  }

  #hand(text) {
    if (!this.#check(text) || text === this.handed) return;
    this.#show(text);
    this.tell("typed", text.toWellFormed());
  }

  // A text too long stays in the box, to be shortened, and its picture stays the last one.
  #check(text) {
    const short = text.length <= this.data.longest;
    this.fault.textContent = short ? "" : fill(this.data.texts.long, { count: text.length.toLocaleString("en") });
    this.area.setAttribute("aria-invalid", String(!short));
    return short;
  }

  #show(text) {
    this.handed = text;
    if (this.area.value !== text) this.area.value = text;
    fit(this.area);
  }

  #offer(data) {
    const buttons = data.examples.map((example, index) => {
      const button = clickable("example", { index }, example.name);
      return set(button, { title: example.text, "aria-pressed": example.text === data.text });
    });
    const names = JSON.stringify(data.examples);
    if (names !== this.names) {
      this.examples.setAttribute("aria-label", data.texts.examples);
      this.examples.replaceChildren(...(buttons.length ? [`${data.texts.examples}:`, ...buttons] : []));
      this.names = names;
    } else {
      this.examples.querySelectorAll("button").forEach((button, i) => button.setAttribute("aria-pressed", buttons[i].ariaPressed));
    }
    this.about.textContent = data.examples.find((example) => example.text === data.text)?.about ?? "";
    this.about.style.visibility = data.whole ? "" : "hidden"; // its place stays: nothing is to move under a click
  }
}

export default mounted(TextBox);
