/** What is being typed while a form comes anew stays in its field, and is sent when the field is left. */
export function keepTyping(page) {
  let typed = null;

  page.addEventListener("htmx:beforeSwap", ({ detail: { target, requestConfig } }) => {
    const field = document.activeElement;
    const written = field.id && target.contains(field) && field.matches("input:not([type=checkbox], [type=radio]), textarea");
    const { id, name, value, selectionStart, selectionEnd } = field;
    typed = written && requestConfig.formData.get(name) !== value ? { id, value, selectionStart, selectionEnd } : null;
  });

  page.addEventListener("htmx:afterSwap", () => {
    const field = typed && document.getElementById(typed.id);
    if (!field) return;
    field.value = typed.value;
    if (typed.selectionStart !== null) field.setSelectionRange(typed.selectionStart, typed.selectionEnd);
    field.addEventListener("blur", () => field.dispatchEvent(new Event("change", { bubbles: true })), { once: true });
    typed = null;
  });
}
