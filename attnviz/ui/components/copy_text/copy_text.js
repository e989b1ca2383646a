// A button that copies a text, or the link that stands in the address bar at the moment. `navigator.clipboard` is missing
// behind plain http, as in a class that opens a teacher's machine: then the older command copies what a field has
// selected, and if that is refused too, the field stays there for Ctrl+C.

const SHOWN = 2500; // ms that the button says it is done

class CopyText extends Drawing {
  constructor(root) {
    super(root);
    this.field = set(element("textarea"), { readonly: "", rows: 3 });
    this.button = clickable("copy", {});
    this.said = set(element("p", "said"), { role: "status" });
    this.button.addEventListener("click", () => this.#copy());
    root.replaceChildren(this.button, this.said);
  }

  draw({ text, settled, texts }) {
    Object.assign(this, { text, settled, texts });
    this.field.setAttribute("aria-label", texts.field);
    this.#stand(text);
    this.button.textContent = texts.label;
    this.said.textContent = "";
  }

  // A link stands in the field only while it has to be copied by hand.
  #stand(text) {
    if (text === null) return this.field.remove();
    this.field.value = text;
    this.button.after(this.field);
  }

  #link() {
    const link = new URL(document.location.href);
    for (const [name, value] of Object.entries(this.settled)) if (!link.searchParams.has(name)) link.searchParams.set(name, value);
    return link.href;
  }

  async #copy() {
    const text = this.text ?? this.#link();
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      if (!this.#select(text)) return;
    }
    this.#stand(this.text);
    this.said.textContent = "";
    this.button.textContent = `\u2713 ${this.texts.done}`;
    clearTimeout(this.done);
    this.done = setTimeout(() => (this.button.textContent = this.texts.label), SHOWN);
  }

  // Returns whether the selected text could be copied; if not, it stays selected, and what to do is said.
  #select(text) {
    this.#stand(text);
    this.field.focus();
    this.field.select();
    const copied = document.execCommand("copy");
    if (copied) this.button.focus();
    else this.said.textContent = this.texts.refused;
    return copied;
  }
}

export default mounted(CopyText);
