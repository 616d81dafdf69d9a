// What was typed stays on the device until it is sent, with the id that makes sending twice harmless.

const KEY = "report-draft";
const KEPT = ["client_id", "point", "category", "text", "name", "phone", "email"];
const LONGEST_DAYS = 14;

export class Draft {
  constructor(form) {
    this.form = form;
  }

  keep() {
    const values = Object.fromEntries(KEPT.map((name) => [name, this.form[name]?.value ?? ""]));
    localStorage.setItem(KEY, JSON.stringify({ values, at: Date.now() }));
  }

  /** Fills what is empty; true when something came back. What the server sent again wins over the draft. */
  restore() {
    const { values, at } = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    if (!values || Date.now() - at > LONGEST_DAYS * 86_400_000) return false;
    this.form.client_id.value = values.client_id;
    const empty = KEPT.filter((name) => name !== "client_id" && values[name] && !this.form[name]?.value);
    for (const name of empty) this.form[name].value = values[name];
    return empty.length > 0;
  }

  forget() {
    localStorage.removeItem(KEY);
  }
}
