let timer;

/** Shows a short message and lets screen readers announce it. */
export function say(text, milliseconds = 5000) {
  const toast = document.getElementById("toast");
  clearTimeout(timer);
  toast.textContent = text;
  timer = setTimeout(() => { toast.textContent = ""; }, milliseconds);
}
