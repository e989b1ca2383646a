// Sentences that a class sent, a line each, with what can be done with one. What people typed reaches the page through
// textContent alone.

class Entries extends Drawing {
  constructor(root) {
    super(root);
    this.keepStill();
    root.addEventListener("click", ({ target }) => {
      const button = target.closest("button[data-act]");
      if (button) this.tell("act", { act: button.dataset.act, id: Number(button.dataset.id) });
    });
  }

  draw({ entries, heading, empty, more, texts }) {
    const at = this.list?.scrollTop ?? 0;
    const focused = this.focused?.dataset;
    this.list = element("ul", "list", ...entries.map((entry) => this.#entry(entry, texts)));
    if (entries.length) set(this.list, { tabindex: "0", "aria-label": heading });
    this.root.replaceChildren(heading ? element("h3", "", heading) : "", entries.length ? this.list : element("p", "about", empty), more ? element("p", "about", more) : "");
    this.list.scrollTop = at;
    if (focused?.act) this.root.querySelector(`[data-act="${focused.act}"][data-id="${focused.id}"]`)?.focus();
  }

  #entry({ id, text, label, answers, trap, up, acts }, texts) {
    const say = set(element("p", "text", text), { dir: "auto" });
    const told = answers.map(({ name, answer, wrong }) => element("span", `answer ${wrong ? "wrong" : ""}`, `${name}: `, element("b", "", answer)));
    const about = element("p", "told", label ? element("span", "claimed", label) : "", ...told, trap ? element("b", "trap", trap) : "");
    const buttons = acts.map((act) => set(clickable(act, { act, id }, texts[act]), { "aria-label": `${texts[act]}: ${text}` }));
    return element("li", up ? "entry up" : "entry", element("div", "what", say, about), element("div", "acts", ...buttons));
  }
}

export default mounted(Entries);
