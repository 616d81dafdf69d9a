// The photo: made small on the phone before it travels (which also drops where and when it was taken), shown, kept.

const LONGEST_SIDE = 1600;
const STORE = "report-draft";
const PLACE = "/report-draft/photo";

async function smaller(file) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [picture.width, picture.height].map((side) => Math.round(side * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? file), "image/jpeg", 0.85));
  } catch {
    return file; // not a picture that this browser reads: the server says what is wrong with it
  }
}

export class Photo {
  constructor(root, changed) {
    this.find = (selector) => root.querySelector(selector);
    this.changed = changed;
    this.find("#id_photo").addEventListener("change", ({ target }) => this.take(target.files[0]));
    this.find("[data-no-photo]").addEventListener("click", () => this.remove());
  }

  async take(file) {
    if (!file) return;
    this.show(await smaller(file), file.name);
    this.changed();
    if ("caches" in window) {
      const headers = { "X-Name": encodeURIComponent(file.name) };
      await (await caches.open(STORE)).put(PLACE, new Response(this.blob, { headers }));
    }
  }

  show(blob, name) {
    Object.assign(this, { blob, name });
    const preview = this.find(".photo__preview");
    URL.revokeObjectURL(preview.src);
    preview.hidden = !blob || !blob.type.startsWith("image/");
    if (blob) preview.src = URL.createObjectURL(blob);
    this.find("[data-no-photo]").hidden = !blob;
  }

  async restore() {
    const kept = "caches" in window ? await (await caches.open(STORE)).match(PLACE) : null;
    if (kept) this.show(await kept.blob(), decodeURIComponent(kept.headers.get("X-Name")));
  }

  async remove() {
    this.find("#id_photo").value = "";
    this.show(null, "");
    await this.forget();
  }

  async forget() {
    if ("caches" in window) await caches.delete(STORE);
  }
}
