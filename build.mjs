// Bundles the front end into apps/core/static/dist/ (not in git): hashed files, their compressed twins and
// manifest.json, which the template tag `bundle` reads. `node build.mjs --watch` rebuilds while you work.
import { context } from "esbuild";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { fonts } from "./apps/core/frontend/fonts.mjs";

const OUT = "apps/core/static/dist";
const CORE = "apps/core/frontend";
const ENTRIES = [
  ...["main.js", "main.css", "admin.js", "admin.css", "editor.js", "feed.js", "design.css"].map((name) => `${CORE}/${name}`),
  "apps/reports/frontend/report.js",
  "apps/config/frontend/imports.js",
];
const WORKER = "node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs";
const PRELOADED = { "font-arabic": "first:arabic-400.woff2", "font-latin": "first:latin-400.woff2" };
const SMALLEST_WORTH_COMPRESSING = 1024;

const hash = (content) => createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();

/** Dark values are written once, for the chosen theme; this repeats them for those whose system asks for dark. */
const darkTwice = {
  name: "dark-twice",
  setup(build) {
    build.onLoad({ filter: /tokens\.css$/ }, async ({ path }) => {
      const css = await readFile(path, "utf8");
      const dark = css.match(/:root\[data-theme="dark"\] (\{[^}]*\})/)[1];
      return {
        contents: `${css}\n@media (prefers-color-scheme: dark) { :root:not([data-theme="light"], [data-theme="dark"]) ${dark} }`,
        loader: "css",
      };
    });
  },
};

async function iconBody(name) {
  const svg = await readFile(`node_modules/lucide-static/icons/${name}.svg`, "utf8");
  return svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace("</svg>", "").replace(/\s*\n\s*/g, "");
}

/** One sprite of the icons that are named in icons.json; their paths are Lucide's (ISC). */
async function sprite() {
  const names = JSON.parse(await readFile(`${CORE}/icons.json`, "utf8"));
  const symbols = names.map(async (n) => `<symbol id="${n}" viewBox="0 0 24 24">${await iconBody(n)}</symbol>`);
  return `<svg xmlns="http://www.w3.org/2000/svg">${(await Promise.all(symbols)).join("\n")}</svg>\n`;
}

async function emit(logicalName, content, manifest) {
  const dot = logicalName.lastIndexOf(".");
  const name = `${logicalName.slice(0, dot)}-${hash(content)}${logicalName.slice(dot)}`;
  await writeFile(join(OUT, name), content);
  manifest[logicalName] = name;
}

function entriesOf(metafile) {
  const manifest = {};
  for (const [path, { entryPoint, inputs }] of Object.entries(metafile.outputs)) {
    if (ENTRIES.includes(entryPoint)) manifest[basename(entryPoint)] = basename(path);
    for (const [key, input] of Object.entries(PRELOADED)) if (inputs[input]) manifest[key] = basename(path);
  }
  return manifest;
}

async function compressAll() {
  const brotli = promisify(brotliCompress);
  const names = (await readdir(OUT)).filter((name) => /\.(js|mjs|css|svg)$/.test(name));
  await Promise.all(names.map(async (name) => {
    const path = join(OUT, name);
    const content = await readFile(path);
    if (content.length < SMALLEST_WORTH_COMPRESSING) return;
    const params = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
    await writeFile(`${path}.br`, await brotli(content, { params }));
    await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }));
  }));
}

const finish = {
  name: "finish",
  setup(build) {
    build.onStart(async () => {
      await rm(OUT, { recursive: true, force: true });
      await mkdir(OUT, { recursive: true });
    });
    build.onEnd(async ({ errors, metafile }) => {
      if (errors.length) return;
      const manifest = entriesOf(metafile);
      await emit("icons.svg", await sprite(), manifest);
      await emit("map-worker.mjs", await readFile(WORKER), manifest);
      await compressAll();
      await writeFile(join(OUT, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
    });
  },
};

const bundle = await context({
  entryPoints: ENTRIES,
  outdir: OUT,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  metafile: true,
  legalComments: "linked",
  loader: { ".woff2": "file" },
  target: ["chrome105", "firefox110", "safari16"],
  logLevel: "warning",
  plugins: [darkTwice, fonts, finish],
});

if (process.argv.includes("--watch")) await bundle.watch();
else {
  await bundle.rebuild();
  await bundle.dispose();
}
