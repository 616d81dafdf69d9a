// The page's typeface, cut for a slow network: the letters that Arabic and English pages use come first in small
// files; every other letter of the original stays reachable through its unicode-range and loads when it occurs.
import subsetFont from "subset-font";
import { readFile } from "node:fs/promises";

const FAMILY = "IBM Plex Sans Arabic";
const FILES = "node_modules/@fontsource/ibm-plex-sans-arabic/files/ibm-plex-sans-arabic";
// The second name reaches the same file from the map, which chooses a weight by the family's name only.
const WEIGHTS = { 400: [FAMILY], 600: [FAMILY, `${FAMILY} SemiBold`] };
const SCRIPTS = {
  arabic: {
    first: "U+060C,U+061B,U+061F,U+0621-063A,U+0640-0655,U+0660-066C,U+0670-0671,U+067E,U+0686,U+06A4,U+06A9,U+06AF," +
      "U+06CC,U+06F0-06F9,U+200C-200E",
    rest: "U+0600-060B,U+060D-061A,U+061C-061E,U+0620,U+063B-063F,U+0656-065F,U+066D-066F,U+0672-067D,U+067F-0685," +
      "U+0687-06A3,U+06A5-06A8,U+06AA-06AE,U+06B0-06CB,U+06CD-06EF,U+06FA-06FF,U+0750-077F,U+0870-089F,U+08A0-08FF," +
      "U+FB50-FDFF,U+FE70-FEFC",
  },
  latin: {
    first: "U+0020-007E,U+00A0,U+00A9,U+00AB,U+00B0,U+00B2,U+00B7,U+00BB,U+00D7,U+00E9,U+2011,U+2013-2014,U+2018-201D," +
      "U+2022,U+2026,U+2032-2033,U+2190-2193,U+2212",
    rest: "U+00A1-00A8,U+00AA,U+00AC-00AF,U+00B1,U+00B3-00B6,U+00B8-00BA,U+00BC-00D6,U+00D8-00E8,U+00EA-00FF,U+0131," +
      "U+0152-0153,U+02BB-02DC,U+20AC,U+2122",
  },
  "latin-ext": { rest: "U+0100-0130,U+0132-0151,U+0154-02BA,U+1E00-1EFF" },
};

const face = (family, weight, url, range) => `@font-face { font-family: "${family}"; font-weight: ${weight};
  font-display: swap; src: url("${url}") format("woff2"); unicode-range: ${range}; }`;

function faces() {
  const rules = [];
  for (const [weight, families] of Object.entries(WEIGHTS))
    for (const family of families)
      for (const [script, { first, rest }] of Object.entries(SCRIPTS)) {
        if (first) rules.push(face(family, weight, `first:${script}-${weight}.woff2`, first));
        rules.push(face(family, weight, `rest:${script}-${weight}.woff2`, rest));
      }
  return rules.join("\n");
}

function letters(ranges) {
  return ranges.split(",").map((range) => {
    const [from, to = from] = range.slice(2).split("-").map((hex) => parseInt(hex, 16));
    return String.fromCodePoint(...Array.from({ length: to - from + 1 }, (_, i) => from + i));
  }).join("");
}

async function load({ namespace, path }) {
  const [, script, weight] = path.match(/^(.+)-(\d+)\.woff2$/);
  const original = await readFile(`${FILES}-${script}-${weight}-normal.woff2`);
  if (namespace === "rest") return { contents: original, loader: "file" };
  const options = { targetFormat: "woff2", noHinting: true };
  return { contents: await subsetFont(original, letters(SCRIPTS[script].first), options), loader: "file" };
}

/** esbuild plugin: `@import "fonts"` becomes the @font-face rules. */
export const fonts = {
  name: "fonts",
  setup(build) {
    build.onResolve({ filter: /^fonts$/ }, () => ({ path: "fonts", namespace: "faces" }));
    build.onLoad({ filter: /.*/, namespace: "faces" }, () => ({ contents: faces(), loader: "css" }));
    for (const namespace of ["first", "rest"]) {
      const filter = new RegExp(`^${namespace}:`);
      build.onResolve({ filter }, ({ path }) => ({ path: path.replace(filter, ""), namespace }));
      build.onLoad({ filter: /.*/, namespace }, load);
    }
  },
};
