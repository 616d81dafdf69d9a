/**
 * <search-box>: the combobox pattern (WAI-ARIA APG) around a plain search form. The server sends the options as a
 * fragment, in groups; without script the form goes to the page of results.
 *
 * From a key to its answer it has `data-asking`, then it says `search:answered`.
 */
const WAIT = 180; // milliseconds after the last key
const NEAR_FROM = 9; // zoom

/** The middle of the map, as the page's address keeps it, once it shows a region and not the whole country. */
function near() {
  const query = new URLSearchParams(location.search);
  return query.has("c") && Number(query.get("z")) >= NEAR_FROM ? { near: query.get("c") } : {};
}

/** Options, or a refusal in their form: what the server itself had to say. A proxy's error page is neither. */
function ours(answer, html) {
  if (answer.ok) return true;
  const page = document.createElement("template");
  page.innerHTML = html;
  return page.content.querySelector("[data-note]") !== null;
}

class SearchBox extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.nested = this.classList.contains("search--nested");
    this.popup = this.querySelector(".search__list");
    this.list = this.querySelector("[role=listbox]");
    this.note = this.querySelector(".search__note");
    this.status = this.querySelector("[role=status]");
    this.input.addEventListener("input", () => this.later());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("focus", () => this.options().length && this.open(true));
    this.addEventListener("focusout", ({ relatedTarget }) => this.contains(relatedTarget) || this.open(false));
    this.popup.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
    this.querySelector("form")?.addEventListener("submit", (event) => this.submit(event));
    this.querySelector("[data-clear]")?.addEventListener("click", () => this.clear());
    if (this.input.value && this.input.matches(":focus")) this.later(); // typed before this script had come
  }

  options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  later() {
    clearTimeout(this.timer);
    this.querySelector("[data-clear]").hidden = !this.input.value;
    this.dataset.asking = "";
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  async ask() {
    const words = this.input.value.trim();
    this.asked?.abort();
    if (!words) return this.fill("");
    this.asked = new AbortController();
    const query = new URLSearchParams({ q: words, ...near(), ...(this.nested && { places: "1" }) });
    try {
      const answer = await fetch(`${this.dataset.url}?${query}`, {
        headers: { "HX-Request": "true" },
        signal: this.asked.signal,
      });
      const html = await answer.text();
      this.fill(ours(answer, html) ? html : this.querySelector("template").innerHTML);
    } catch (error) {
      if (error.name !== "AbortError") this.fill(this.querySelector("template").innerHTML);
    }
  }

  fill(html) {
    this.list.innerHTML = html;
    this.note.replaceChildren(...this.list.querySelectorAll("[data-note]"));
    this.options().forEach((option, i) => { option.id = `${this.list.id}-${i}`; });
    this.list.querySelectorAll("[role=group]").forEach((group, i) => {
      group.firstElementChild.id = `${this.list.id}-group-${i}`;
      group.setAttribute("aria-labelledby", group.firstElementChild.id);
    });
    this.status.textContent = this.note.querySelector("[data-announce]")?.dataset.announce ?? "";
    this.point(null);
    this.open(Boolean(html));
    delete this.dataset.asking;
    this.dispatchEvent(new CustomEvent("search:answered", { bubbles: true }));
  }

  open(on) {
    this.popup.hidden = !on;
    this.input.setAttribute("aria-expanded", String(on && this.options().length > 0));
  }

  point(option) {
    this.options().forEach((one) => one.setAttribute("aria-selected", String(one === option)));
    if (option) {
      this.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
    this.current = option;
  }

  key(event) {
    const options = this.options();
    const at = options.indexOf(this.current);
    const ends = at < 0 ? {} : { Home: 0, End: options.length - 1 }; // before the list is entered they move the caret
    const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? options.length - 1 : at - 1, ...ends }[event.key];
    if (to !== undefined && options.length) {
      event.preventDefault();
      this.open(true);
      this.point(options[(to + options.length) % options.length]);
    } else if (event.key === "Escape" && !this.popup.hidden) {
      event.stopPropagation();
      event.preventDefault(); // the browser would empty the box
      this.open(false);
    } else if (event.key === "Enter" && (this.current || this.nested)) {
      event.preventDefault(); // inside another form Enter must not send that form
      this.choose(this.current ?? options[0]);
    }
  }

  /** Enter without a pointed option takes the only or first one once the list stands; else the page of results. */
  submit(event) {
    const [first] = this.options();
    if (!first || this.popup.hidden) return;
    event.preventDefault();
    this.choose(first);
  }

  choose(option) {
    if (!option) return;
    this.input.value = option.dataset.text ?? this.input.value;
    this.open(false);
    if (option.dataset.page !== undefined) return location.assign(option.dataset.href);
    const detail = { href: option.dataset.href, point: option.dataset.point, text: option.dataset.text };
    const free = this.dispatchEvent(new CustomEvent("search:chosen", { bubbles: true, cancelable: true, detail }));
    if (!free) return;
    if (document.getElementById("card")) htmx.ajax("GET", detail.href, { target: "#card", swap: "innerHTML" });
    else location.href = detail.href;
  }

  clear() {
    this.input.value = "";
    this.querySelector("[data-clear]").hidden = true;
    this.fill("");
    this.input.focus();
  }
}

customElements.define("search-box", SearchBox);
