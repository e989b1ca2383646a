// Shows an SVG and saves it as PNG. The browser draws it, for it has the fonts of every script.

const SHARP = 2; // pixels of the PNG to one of the picture

class Picture extends Drawing {
  constructor(root) {
    super(root);
    this.image = element("img");
    this.button = clickable("save", {});
    this.button.addEventListener("click", () => this.#save());
    root.replaceChildren(this.image, this.button);
  }

  draw({ svg, about, file, save }) {
    this.file = file;
    this.button.textContent = save;
    this.image.alt = about;
    this.image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  }

  async #save() {
    await this.image.decode();
    const { naturalWidth, naturalHeight } = this.image;
    const canvas = set(document.createElement("canvas"), { width: SHARP * naturalWidth, height: SHARP * naturalHeight });
    canvas.getContext("2d").drawImage(this.image, 0, 0, canvas.width, canvas.height);
    const link = document.createElement("a");
    link.href = canvas.toDataURL("image/png");
    link.download = this.file;
    link.click();
  }
}

export default mounted(Picture);
