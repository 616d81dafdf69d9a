/** What a map does that cannot be drawn: its place goes to the sentence beside it that says so (`data-undrawn`). */
export const undrawn = (holder) => (fault) => {
  holder.hidden = true;
  holder.parentElement.querySelector("[data-undrawn]").hidden = false;
  console.error(fault);
};
