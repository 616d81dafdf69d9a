const PATIENCE = 3000; // milliseconds that the map waits for the search at most

/** To draw the map takes the processor of a phone for seconds: who is typing gets the answer first. */
async function searchRests() {
  if (!document.querySelector("search-box[data-asking]")) return;
  await new Promise((go) => {
    document.addEventListener("search:answered", () => requestAnimationFrame(() => setTimeout(go)), { once: true });
    setTimeout(go, PATIENCE);
  });
}

/**
 * <baladiya-map>: a place for a map. The map itself is a separate download that starts once the page stands, and
 * everything the map does is also done by search, lists and typed coordinates, so it may as well never come.
 *
 * Attributes: `mode` ("explore" or "pick"), `data-plan` (address of map.json), `data-worker`, `data-sprite`.
 * Inside: `.map__canvas`, `.map__wait`, `.map__failed`, and a JSON script with the texts.
 */
class BaladiyaMap extends HTMLElement {
  connectedCallback() {
    this.words = JSON.parse(this.querySelector('script[type="application/json"]').textContent);
    const start = () => this.start();
    if ("requestIdleCallback" in window) requestIdleCallback(start, { timeout: 600 });
    else setTimeout(start, 200);
  }

  async start() {
    try {
      await searchRests();
      const { startExplore, startPick } = await import("./modes.js");
      await searchRests();
      await (this.getAttribute("mode") === "pick" ? startPick(this) : startExplore(this));
      this.querySelector(".map__wait").hidden = true;
    } catch (error) {
      console.error(error);
      this.querySelector(".map__wait").hidden = true;
      this.querySelector(".map__failed").hidden = false;
      document.body.classList.add("no-map");
    }
  }
}

customElements.define("baladiya-map", BaladiyaMap);
