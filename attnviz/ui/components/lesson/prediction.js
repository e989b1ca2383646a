// Predict, then reveal: words to mark before the weights are shown. The marks stay here until they are handed over.

class Prediction extends Drawing {
  draw(data) {
    this.root.dataset.digest = data.digest;
    this.marks = new Set(data.marks);
    this.root.replaceChildren(element("h3", "", data.texts.heading), ...(data.twins ? this.#found(data) : this.#open(data)));
  }

  #open(data) {
    const marks = set(element("div", "marks"), { role: "group", "aria-label": data.texts.heading });
    const reveal = clickable("reveal", {}, data.texts.reveal);
    reveal.disabled = !this.marks.size;
    data.words.forEach((word, i) => {
      const button = clickable("mark", {}, named(word.name, word.unseen));
      button.setAttribute("aria-pressed", String(this.marks.has(i)));
      button.addEventListener("click", () => {
        this.marks[this.marks.has(i) ? "delete" : "add"](i);
        button.setAttribute("aria-pressed", String(this.marks.has(i)));
        reveal.disabled = !this.marks.size;
      });
      marks.append(button);
    });
    reveal.addEventListener("click", () => this.tell("reveal", { marks: [...this.marks].sort((a, b) => a - b), digest: data.digest }));
    return [data.words.length > 60 ? window_(marks, data.texts.heading) : marks, element("div", "", reveal)];
  }

  #found(data) {
    const found = data.twins.map((twin) => {
      const drawn = data.words.map((word, i) => {
        const marks = `attention${twin.levels[i]} ${twin.top.includes(i) ? "top" : ""} ${this.marks.has(i) ? "yours" : ""}`;
        return element("span", `word ${marks}`, named(word.name, word.unseen), element("small", "", twin.weights[i]));
      });
      const words = element("div", "found", ...drawn);
      const list = data.words.length > 60 ? window_(words, twin.name) : words;
      const section = element("section", "answer", element("h3", "", twin.name), list, element("p", "said", twin.said));
      return set(section, { "aria-label": twin.name, "data-id": twin.id });
    });
    return [...found, element("p", "about hint", data.texts.key)];
  }
}

export default mounted(Prediction);
