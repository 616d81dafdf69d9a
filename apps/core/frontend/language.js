// The language link goes to this very page: what was opened or moved since it came stands in the address only.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-language]");
  if (!link) return;
  const way = new URL(link.href);
  way.searchParams.set("next", location.pathname + location.search);
  way.hash = location.hash;
  link.href = way.href;
});
