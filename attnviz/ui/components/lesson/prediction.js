// Predict, then reveal: words to mark before the weights are shown. The marks stay here until they are handed over.

class Prediction extends Drawing {
  draw(data) {
    this.root.dataset.digest = data.digest;
    this.marks = new Set(data.marks);
    this.root.replaceChildren(element("h3", "", data.texts.heading), ...(data.twins ? this.#found(data) : this.#open(data)));
  }

  #open(data) {
    const marks = element("div", "marks");
    marks.setAttribute("role", "group");
    marks.setAttribute("aria-label", data.texts.heading);
    const reveal = element("button", "reveal", data.texts.reveal);
    reveal.type = "button";
    reveal.disabled = !this.marks.size;
    data.words.forEach((word, i) => {
      const button = element("button", "mark");
      button.type = "button";
      button.append(named(word.name, word.unseen));
      button.setAttribute("aria-pressed", String(this.marks.has(i)));
      button.addEventListener("click", () => {
        this.marks[this.marks.has(i) ? "delete" : "add"](i);
        button.setAttribute("aria-pressed", String(this.marks.has(i)));
        reveal.disabled = !this.marks.size;
      });
      marks.append(button);
    });
    reveal.addEventListener("click", () => this.tell("reveal", { marks: [...this.marks].sort((a, b) => a - b), digest: data.digest }));
    const row = element("div");
    row.append(reveal);
    return [data.words.length > 60 ? window_(marks, data.texts.heading) : marks, row];
  }

  #found(data) {
    const found = data.twins.flatMap((twin) => {
      const section = element("section", "answer");
      section.setAttribute("aria-label", twin.name);
      section.dataset.id = twin.id;
      const words = element("div", "found");
      data.words.forEach((word, i) => {
        const node = element("span", `word attention${twin.levels[i]} ${twin.top.includes(i) ? "top" : ""} ${this.marks.has(i) ? "yours" : ""}`);
        node.append(named(word.name, word.unseen), element("small", "", twin.weights[i]));
        words.append(node);
      });
      section.append(element("h3", "", twin.name), data.words.length > 60 ? window_(words, twin.name) : words, element("p", "said", twin.said));
      return [section];
    });
    return [...found, element("p", "about", data.texts.key)];
  }
}

export default mounted(Prediction);
