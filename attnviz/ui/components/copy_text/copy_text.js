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
    this.asker = clickable("copy", {});
    this.asker.addEventListener("click", () => this.#ask());
    this.dialog = element("dialog");
    this.dialog.addEventListener("click", ({ target }) => target === this.dialog && this.dialog.close());
    root.replaceChildren(element("div", "buttons", this.button, this.asker), this.said, this.dialog);
  }

  draw({ text, settled, texts, code }) {
    Object.assign(this, { text, settled, texts });
    this.asker.hidden = !texts.qr;
    this.asker.textContent = texts.qr ? "QR" : "";
    if (texts.qr) set(this.asker, { "aria-label": texts.qr, title: texts.qr });
    if (code && code.link === this.asked) this.#show(code);
    this.field.setAttribute("aria-label", texts.field);
    this.#stand(text);
    this.button.textContent = texts.label;
    this.said.textContent = "";
  }

  // A link stands in the field only while it has to be copied by hand.
  #stand(text) {
    if (text === null) return this.field.remove();
    this.field.value = text;
    this.button.parentElement.after(this.field);
  }

  #link() {
    const link = new URL(document.location.href);
    for (const [name, value] of Object.entries(this.settled)) if (!link.searchParams.has(name)) link.searchParams.set(name, value);
    return link.href;
  }

  // The code of what is in the address bar now: the server makes it.
  #ask() {
    this.asked = this.#link();
    this.json = null; // the same code again is drawn again
    this.tell("ask", this.asked);
  }

  #show({ link, rows }) {
    this.asked = null;
    const side = rows.length + 8; // with the quiet zone
    const squares = rows.flatMap((row, y) => [...row].map((square, x) => (square === "1" ? `M${x + 4} ${y + 4}h1v1h-1z` : ""))).join("");
    const drawn = vector("svg", { viewBox: `0 0 ${side} ${side}`, role: "img", "aria-label": this.texts.qr, "shape-rendering": "crispEdges" },
      vector("path", { d: `M0 0h${side}v${side}h-${side}z`, fill: "#fff" }), vector("path", { d: squares, fill: "#000" }));
    const close = clickable("copy", {}, this.texts.close);
    close.addEventListener("click", () => this.dialog.close());
    const local = /^(localhost|127\.|\[::1\])/.test(new URL(link).hostname) ? element("p", "said", ...withOptions(this.texts.local)) : "";
    this.dialog.replaceChildren(rows.length ? drawn : element("p", "", this.texts.long), element("p", "link", link), local, close);
    set(this.dialog, { "aria-label": this.texts.qr });
    this.dialog.showModal();
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
