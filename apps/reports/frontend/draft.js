// What was typed stays on the device until it is sent, with the id that makes sending twice harmless.

const KEY = "report-draft";
const KEPT = ["client_id", "point", "text", "name", "phone", "email"];
const LONGEST_DAYS = 14;
const LEFT = "report-left";

export class Draft {
  constructor(form) {
    this.form = form;
  }

  keep() {
    const values = Object.fromEntries(KEPT.map((name) => [name, this.form[name].value]));
    const category = this.form.querySelector("[name=category]:checked")?.value;
    localStorage.setItem(KEY, JSON.stringify({ values, category, at: Date.now() }));
  }

  /** Before this tab shows the form in another language: everything goes along, and the step. */
  leave(step) {
    this.keep();
    sessionStorage.setItem(LEFT, JSON.stringify({ step, lang: document.documentElement.lang }));
  }

  /** The step that was left in another language; told once. */
  left() {
    const { step, lang } = JSON.parse(sessionStorage.getItem(LEFT) ?? "{}");
    sessionStorage.removeItem(LEFT);
    return lang === document.documentElement.lang ? undefined : step;
  }

  /**
   * Fills what is empty; true when something came back. What the server sent again wins over the draft, except `over`
   * a change of language: the address may name the place at which the report was begun, and the pin was moved since.
   */
  restore({ over = false } = {}) {
    const { values, category, at } = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    if (!values || Date.now() - at > LONGEST_DAYS * 86_400_000) return false;
    this.form.client_id.value = values.client_id;
    const empty = KEPT.filter((name) => name !== "client_id" && values[name] && (over || !this.form[name].value));
    for (const name of empty) this.form[name].value = values[name];
    const radio = this.form.querySelector(`[name=category][value="${CSS.escape(category ?? "")}"]`);
    const chosen = radio && !this.form.querySelector("[name=category]:checked");
    if (chosen) radio.checked = true;
    return empty.length > 0 || Boolean(chosen);
  }

  forget() {
    localStorage.removeItem(KEY);
  }
}
