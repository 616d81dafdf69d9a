// Coordinates that are no latitude and longitude: the server says which places they may mean, and one is chosen.

const WAIT = 400; // milliseconds after the last key

export class Readings {
  /** `tell(place, sentence)`: the only place that the text means, or why it is none. `take(text)`: one was chosen. */
  constructor(field, { tell, take }) {
    Object.assign(this, { field, tell, take });
    this.list = field.closest(".field").querySelector("[data-readings]");
    this.row = field.closest(".field").querySelector("template[data-reading]");
    this.list.addEventListener("click", ({ target }) => this.choose(target.closest("button")));
  }

  later() {
    this.clear();
    this.timer = setTimeout(() => this.ask(this.field.value), WAIT);
  }

  clear() {
    clearTimeout(this.timer);
    this.asked?.abort();
    this.only = null;
    this.list.hidden = true;
  }

  /** The place, where the text as it stands means one alone. */
  place() {
    return this.only?.text === this.field.value ? this.only.place : null;
  }

  /** Is one of several waiting to be chosen? */
  get open() {
    return !this.list.hidden;
  }

  async ask(text) {
    if (!/[\d٠-٩۰-۹]{2}/.test(text)) return;
    this.asked = new AbortController();
    const query = new URLSearchParams({ text });
    try {
      const answer = await fetch(`${this.field.dataset.coordinates}?${query}`, { signal: this.asked.signal });
      if (answer.ok) this.show(text, await answer.json());
    } catch {
      // Without a connection the text stays; the server reads it when it is sent.
    }
  }

  show(text, { choices, sentence }) {
    const [first, second] = choices;
    if (first && !second) {
      const [lat, lng] = first.point.split(",").map(Number);
      this.only = { text, place: { lat, lng } };
    }
    this.list.hidden = !second;
    this.list.querySelector("ul").replaceChildren(...(second ? choices.map((choice) => this.line(choice)) : []));
    if (first || sentence) this.tell(this.place(), sentence);
  }

  line({ point, system }) {
    const line = this.row.content.cloneNode(true);
    const written = point.replace(",", ", ");
    const [number, name] = ["bdi", "small"].map((tag) => document.createElement(tag));
    number.className = "number";
    number.textContent = written;
    name.textContent = system;
    line.querySelector(".row__text").append(number, name);
    line.querySelector("button").dataset.point = written;
    return line;
  }

  choose(button) {
    if (!button) return;
    this.clear();
    this.take(button.dataset.point);
  }
}
