// Small manners of every page: things that open and close, the bottom sheet, menus.

import { say } from "./say.js";

/** data-opens="id": a button that shows and hides an element. Escape closes it and gives the focus back. */
function toggle(button, open) {
  const target = document.getElementById(button.dataset.opens);
  target.hidden = !open;
  document.querySelectorAll(`[data-opens="${target.id}"][aria-expanded]`).forEach((b) => b.setAttribute("aria-expanded", String(open)));
  if (open) target.querySelector("h2")?.focus();
}

async function copy(address) {
  await navigator.clipboard.writeText(address);
  say(document.getElementById("toast").dataset.copied);
}

/** The server reads the cookie, so that the next page comes in the right colours from its first pixel. */
function chooseTheme(theme) {
  document.cookie = `theme=${theme}; path=/; max-age=${theme ? 31536000 : 0}; samesite=lax`;
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  document.querySelectorAll("[data-theme-choice]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme));
  });
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) toggle(opener, document.getElementById(opener.dataset.opens).hidden);
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  const copied = event.target.closest("[data-copy]");
  if (copied) copy(new URL(copied.dataset.copy, location.href).href);
  const choice = event.target.closest("[data-theme-choice]");
  if (choice) chooseTheme(choice.dataset.themeChoice);
  const grip = event.target.closest(".panel__grip");
  if (grip && !grip.dragged) step(grip.closest(".panel"));
});

document.addEventListener("htmx:sendError", () => say(document.getElementById("toast").dataset.unanswered));

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const opener = document.querySelector('[data-opens][aria-expanded="true"]');
  if (opener) {
    toggle(opener, false);
    opener.focus();
  }
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});

// The sheet at the bottom of a phone has three heights; its grip steps through them or is dragged.
const HEIGHTS = ["peek", "half", "full"];

function step(panel) {
  const next = panel.dataset.sheet === "full" ? "peek" : HEIGHTS[HEIGHTS.indexOf(panel.dataset.sheet) + 1];
  setSheet(panel, next);
}

function setSheet(panel, height) {
  panel.dataset.sheet = height;
  panel.querySelector(".panel__grip").setAttribute("aria-expanded", String(height !== "peek"));
}

function dragged(grip, from) {
  const panel = grip.closest(".panel");
  const move = ({ clientY }) => {
    const at = HEIGHTS.indexOf(from.height);
    const steps = Math.round((from.y - clientY) / 120);
    grip.dragged = grip.dragged || Math.abs(from.y - clientY) > 8;
    if (grip.dragged) setSheet(panel, HEIGHTS[Math.min(2, Math.max(0, at + steps))]);
  };
  grip.addEventListener("pointermove", move);
  grip.addEventListener("lostpointercapture", () => {
    grip.removeEventListener("pointermove", move);
    setTimeout(() => { grip.dragged = false; });
  }, { once: true });
}

document.querySelectorAll(".panel__grip").forEach((grip) => grip.addEventListener("pointerdown", (event) => {
  grip.setPointerCapture(event.pointerId);
  dragged(grip, { y: event.clientY, height: grip.closest(".panel").dataset.sheet });
}));

// The map's own furniture stands above the sheet.
const panel = document.querySelector(".panel");
if (panel) new ResizeObserver(() => {
  const sheet = matchMedia("(min-width: 48rem)").matches ? 0 : panel.offsetHeight;
  panel.parentElement.style.setProperty("--sheet", `${sheet}px`);
}).observe(panel);
