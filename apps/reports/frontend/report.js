/**
 * <report-form>: turns the long form into steps (place, category, text, check), keeps a draft on the device, sends it
 * and shows what the server says at its field. Without script the form is one page and works the same.
 */
import { say } from "../../core/frontend/say.js";
import { Draft } from "./draft.js";
import { Photo } from "./photo.js";
import { readPoint, showPoint } from "./point.js";
import { Readings } from "./readings.js";
import { send } from "./send.js";

const STEPS = ["place", "category", "text", "check"];

class ReportForm extends HTMLElement {
  connectedCallback() {
    this.words = JSON.parse(this.querySelector('script[type="application/json"]').textContent);
    this.form = this.querySelector("form");
    this.panel = this.closest(".panel");
    this.map = document.querySelector("baladiya-map");
    this.photo = new Photo(this, () => this.keep());
    this.draft = new Draft(this.form);
    this.readings = new Readings(this.form.point, {
      tell: (place, sentence) => this.readPlace(place, sentence),
      take: (text) => this.chosenPlace(text),
    });
    this.form.client_id.value ||= crypto.randomUUID();
    this.classList.add("report--stepped");
    this.bind();
    const left = this.draft.left();
    this.restore(left);
    const wrong = this.querySelector(".errors a");
    this.go(wrong ? this.stepOf(wrong.hash) : STEPS[0], { record: false });
    // Each step gets its entry, so that Back leads through the steps and not to the other language.
    for (const step of STEPS.slice(1, STEPS.indexOf(left) + 1)) this.go(step);
  }

  bind() {
    this.form.addEventListener("input", () => this.keep());
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.addEventListener("click", (event) => this.click(event));
    addEventListener("popstate", ({ state }) => this.go(state?.step ?? "place", { record: false }));
    // While it is typed, not when the field is left: a page that shifts under a click swallows the click.
    this.form.point.addEventListener("input", () => this.typedPlace());
    document.querySelector("a[data-language]").addEventListener("click", () => this.draft.leave(this.step));
    this.addEventListener("search:chosen", (event) => this.searchedPlace(event));
    this.map.addEventListener("place:picked", ({ detail }) => this.pickedPlace(detail));
    this.querySelectorAll("[name=category]").forEach((radio) => radio.addEventListener("click", ({ detail }) => {
      if (detail > 0) this.next(); // chosen by pointer: go on; by keyboard people pass over the others first
    }));
    const here = this.querySelector("[data-here]");
    here.hidden = !("geolocation" in navigator);
  }

  click(event) {
    const button = event.target.closest("button, a");
    if (!button) return;
    if ("next" in button.dataset) this.next();
    if ("back" in button.dataset) history.back();
    if ("change" in button.dataset) this.go(button.dataset.change);
    if ("forget" in button.dataset) this.forget();
    if ("here" in button.dataset) document.querySelector('[data-tool="locate"]').click();
    if (!button.hash?.startsWith("#id_")) return;
    event.preventDefault(); // the address's hash would be an entry of no step, and lead back to the first
    this.go(this.stepOf(button.hash), { focus: button.hash });
  }

  // Steps

  stepOf(hash) {
    return this.querySelector(hash)?.closest(".step")?.dataset.step ?? "place";
  }

  go(step, { record = true, focus = null } = {}) {
    const before = this.step;
    this.step = step;
    this.panel.dataset.step = step;
    this.querySelectorAll(".step").forEach((one) => one.toggleAttribute("data-now", one.dataset.step === step));
    const last = step === "check";
    this.querySelector("[data-next]").hidden = last;
    this.querySelector("[data-send]").hidden = !last;
    this.querySelector("[data-back]").hidden = step === STEPS[0];
    if (last) this.review();
    if (record) history.pushState({ step }, "");
    this.querySelector(".panel__body").scrollTop = 0;
    if (focus) this.focusOn(this.querySelector(focus));
    else if (before) this.querySelector(`.step[data-now] h2`).focus();
  }

  focusOn(field) {
    field.closest("details")?.setAttribute("open", "");
    field.focus();
  }

  next() {
    const missing = this.missing(this.step);
    this.fault(this.field(this.step), missing);
    if (missing) return this.field(this.step).focus();
    return this.go(STEPS[STEPS.indexOf(this.step) + 1]);
  }

  field(step) {
    return this.querySelector({ place: "#id_point", category: "#id_category", text: "#id_text" }[step]);
  }

  /** The category's radio button that is on. A form with a single one gives no list of them, so they are looked up. */
  chosen() {
    return this.querySelector("[name=category]:checked");
  }

  /** What the step still needs, said as the server would. */
  missing(step) {
    if (step === "place" && !this.place()) return this.readings.open ? this.words.which_place : this.words.no_place;
    if (step === "category" && !this.chosen()) return this.words.no_category;
    return "";
  }

  fault(field, message) {
    const line = this.querySelector(`[data-error-of="${field?.id}"]`);
    if (!line) return;
    line.textContent = message;
    field.closest(".field")?.classList.toggle("field--wrong", Boolean(message));
  }

  review() {
    const { point, text } = this.form;
    const shows = {
      point: point.value,
      category: this.chosen()?.closest("label").textContent.trim() ?? this.words.none,
      text: text.value.trim() || this.words.none,
      photo: this.photo.name || this.words.none,
    };
    for (const [name, value] of Object.entries(shows)) this.querySelector(`[data-shows="${name}"]`).textContent = value;
  }

  // Place

  place() {
    return readPoint(this.form.point.value) ?? this.readings.place();
  }

  pickedPlace(place) {
    this.readings.clear();
    this.form.point.value = showPoint(place);
    this.fault(this.form.point, "");
    this.keep();
    this.tellWhere(place);
    say(this.words.place_set.replace("%s", this.form.point.value), 2500);
  }

  typedPlace() {
    const place = readPoint(this.form.point.value);
    if (!place) return this.readings.later();
    this.readings.clear();
    this.fault(this.form.point, "");
    this.move(place);
  }

  /** What is at the pin, in words, under the coordinates. Without an answer the line is not there. */
  async tellWhere(place) {
    const line = this.querySelector("[data-here-is]");
    const point = showPoint(place);
    this.where = point;
    const answer = await fetch(`${line.dataset.url}?${new URLSearchParams({ point })}`).catch(() => null);
    const text = answer?.ok ? (await answer.json()).text : "";
    if (this.where !== point) return; // the pin has moved on
    line.hidden = !text;
    const said = line.querySelector("bdi") ?? line.appendChild(document.createElement("bdi"));
    said.textContent = text;
  }

  readPlace(place, sentence) {
    this.fault(this.form.point, sentence);
    if (place) this.move(place);
  }

  chosenPlace(text) {
    this.form.point.value = text;
    this.typedPlace();
    this.keep();
    this.form.point.focus();
  }

  searchedPlace(event) {
    event.preventDefault();
    const place = readPoint(event.detail.point ?? "");
    if (!place) return;
    this.readings.clear();
    this.form.point.value = showPoint(place);
    this.move(place);
    this.keep();
  }

  move(place) {
    this.tellWhere(place);
    Object.assign(this.map.dataset, place);
    this.map.dispatchEvent(new CustomEvent("place:set", { detail: place }));
  }

  // Draft

  keep() {
    this.draft.keep();
  }

  restore(left) {
    const kept = this.draft.restore({ over: Boolean(left) });
    this.querySelector(".report__kept").hidden = !kept || Boolean(left);
    this.chosen()?.closest("details").setAttribute("open", "");
    const place = readPoint(this.form.point.value);
    if (place) {
      this.form.point.value = showPoint(place);
      this.move(place);
    } else if (this.form.point.value) this.readings.later();
    this.photo.restore().then(() => this.review());
  }

  forget() {
    this.draft.forget();
    this.photo.remove();
    location.replace(location.pathname);
  }

  // Sending

  async submit(event) {
    event.preventDefault();
    clearTimeout(this.later);
    if (this.sending) return;
    const incomplete = STEPS.find((step) => this.missing(step));
    if (incomplete) {
      this.go(incomplete);
      this.next();
      return;
    }
    this.busy(true);
    const answer = await send(this.form, this.photo.blob);
    this.busy(false);
    if (answer.sent) {
      this.draft.forget();
      await this.photo.forget();
      location.assign(answer.sent);
    } else this.refused(answer);
  }

  busy(on) {
    this.sending = on;
    this.querySelector("[data-send]").setAttribute("aria-busy", String(on));
    if (on) say(this.words.sending, 30000);
    else say("", 0);
  }

  /** What was typed stays. Too many at once: sent again by itself when it may be, while the page is open. */
  refused({ page, again, offline }) {
    if (again) this.later = setTimeout(() => this.form.requestSubmit(), again * 1000);
    const errors = this.querySelector("#errors");
    if (page) {
      errors.replaceChildren(...page.querySelector("#errors").childNodes);
      page.querySelectorAll("[data-error-of]").forEach((line) => {
        const mine = this.querySelector(`[data-error-of="${line.dataset.errorOf}"]`);
        mine.replaceChildren(...line.childNodes);
        mine.closest(".field")?.classList.toggle("field--wrong", mine.textContent.trim() !== "");
      });
    } else {
      errors.innerHTML = '<div class="errors" role="alert"><h2></h2></div>';
      errors.querySelector("h2").textContent = offline ? this.words.offline : this.words.failed;
    }
    errors.focus();
    errors.scrollIntoView();
  }
}

customElements.define("report-form", ReportForm);
