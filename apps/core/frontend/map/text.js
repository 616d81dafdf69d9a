// Expressions for names and labels, in the page's language with the other as fallback.

const filled = (field) => ["!=", ["coalesce", ["get", field], ""], ""];

/** Name in the page's language, else in the other. `pair` is {ar: field, en: field}. */
export function inLanguage(pair, lang) {
  const other = lang === "ar" ? "en" : "ar";
  return ["case", filled(pair[lang]), ["get", pair[lang]], ["coalesce", ["get", pair[other]], ""]];
}

/** Name in the page's language and, smaller beneath it, in the other one. */
export function inBothLanguages(pair, lang) {
  const other = lang === "ar" ? "en" : "ar";
  const both = ["all", filled(pair.ar), filled(pair.en), ["!=", ["get", pair.ar], ["get", pair.en]]];
  const beneath = ["case", both, ["concat", "\n", ["get", pair[other]]], ""];
  return ["format", inLanguage(pair, lang), {}, beneath, { "font-scale": 0.8 }];
}

/** What a layer writes on the map: one field, a pair of names, or the title of a code. */
export function labelOf(label, lang) {
  if (label.names) return inLanguage(label.names, lang);
  if (label.codes) return ["match", ["to-string", ["get", label.field]], ...label.codes.flat(), ""];
  return ["to-string", ["coalesce", ["get", label.field], ""]];
}
