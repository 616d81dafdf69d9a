import { undrawn } from "../../../core/frontend/undrawn.js";

/** Where the first features would land: said first, and drawn beside that where the browser can. */
export function preview(holder, assets) {
  const told = document.getElementById("preview-told");
  const tries = document.getElementById("preview-tries");
  let asking = new AbortController();
  let opening = null;

  const say = (words, bad, ways = []) => {
    if (told.textContent !== words) told.textContent = words; // said once by a screen reader
    told.className = bad ? "errornote" : "";
    tries.replaceChildren(...ways.map(button));
  };

  const ask = async () => {
    asking.abort(); // what is asked later is the truth, whichever answer comes first
    asking = new AbortController();
    const { signal } = asking;
    try {
      const answer = await fetch(holder.dataset.preview, { signal });
      if (!answer.ok) throw new Error(`The preview answers ${answer.status}`);
      const found = await answer.json();
      say(found.told, Boolean(found.refused), found.tries);
      await draw(found, signal);
    } catch (fault) {
      if (signal.aborted) return;
      say(told.dataset.failed, true);
      console.error(fault);
    }
  };

  const draw = async (found, signal) => {
    opening ??= import("./maps.js").then(({ openPreview }) => openPreview(holder, assets));
    try {
      const show = await opening;
      if (!signal.aborted) show(found);
    } catch (fault) {
      undrawn(holder)(fault);
    }
  };

  document.body.addEventListener("htmx:afterSwap", ask);
  return ask();
}

/** One other reading, which the form then holds. */
function button({ crs, swap, words }) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: words });
  made.addEventListener("click", () => {
    const form = document.getElementById("choices");
    form.crs.value = crs;
    form.swap_axes.checked = swap;
    form.crs.dispatchEvent(new Event("change", { bubbles: true }));
  });
  return made;
}
