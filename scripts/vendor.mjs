// Copies the few library files that our pages load from node_modules into static/vendor, and the
// country's names into data/country/vendor.
//
// Each library gets a folder with its licence; manifest.json holds version, licence and sha256 of
// every file. Nothing of this is committed: package-lock.json says what it must be.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const FROM = "node_modules";
const TO = "static/vendor";

const LIBRARIES = {
  // The maps on screen. The main module looks for the worker beside itself.
  "maplibre-gl": ["dist/maplibre-gl.mjs", "dist/maplibre-gl-worker.mjs", "dist/maplibre-gl.css"],
  // folium's maps, for reports and paper.
  leaflet: ["dist/leaflet.js", "dist/leaflet.css", "dist/images"],
};

// From lucide-static, each also a symbol in sprite.svg: <use href=".../sprite.svg#flame">.
const ICONS = `
  ambulance arrow-down arrow-left arrow-right arrow-up bell bell-off building-2 calendar camera car
  chart-column check chevron-down chevron-left chevron-right chevron-up circle circle-help
  clipboard-list clock copy cross crosshair download droplets eye eye-off file-text filter flag flame
  git-merge history hospital house info keyboard languages layers link list locate lock log-in
  log-out map map-pin maximize megaphone menu message-square minus monitor moon navigation paperclip
  pause pencil phone phone-call phone-incoming play plus printer radio refresh-cw route save search
  send settings share-2 shield shield-alert siren smartphone star sun trash-2 tree-pine
  triangle-alert truck undo-2 upload user user-plus users volume-2 volume-x waves wifi wifi-off wind
  wrench x zap
`
  .trim()
  .split(/\s+/);

// Names of all regencies, districts and villages of the country: geo/elsewhere.py reads them.
const COUNTRY = "data/country/vendor";
const COUNTRY_FILES = [
  "data/provinces.csv",
  "data/regencies.csv",
  "data/districts.csv",
  "data/villages.csv",
];

const manifest = {};

function keep(library, from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true });
  library.files[to.slice(TO.length + 1)] = null;
}

function begin(name) {
  const { version, license } = JSON.parse(readFileSync(join(FROM, name, "package.json")));
  const library = (manifest[name] = { version, license, files: {} });
  const licences = readdirSync(join(FROM, name)).filter((file) => /^licen[sc]e/i.test(file));
  if (licences.length === 0) throw new Error(`${name} carries no licence file`);
  return { library, licences };
}

function keepLicences(name, folder, { library, licences }) {
  for (const file of licences) keep(library, join(FROM, name, file), join(folder, file));
}

function copyLibrary(name, files) {
  const started = begin(name);
  const folder = join(TO, name);
  for (const file of files) {
    keep(started.library, join(FROM, name, file), join(folder, file.replace(/^dist\//, "")));
  }
  keepLicences(name, folder, started);
}

function copyIcons(name) {
  const started = begin(name);
  const folder = join(TO, "lucide");
  const symbols = ICONS.map((icon) => {
    const from = join(FROM, name, "icons", `${icon}.svg`);
    keep(started.library, from, join(folder, "icons", `${icon}.svg`));
    const inside = readFileSync(from, "utf8").match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1];
    const shapes = inside.replace(/\s*\n\s*/g, " ").trim();
    return `<symbol id="${icon}" viewBox="0 0 24 24">${shapes}</symbol>`;
  });
  const sprite = join(folder, "sprite.svg");
  writeFileSync(
    sprite,
    `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`,
  );
  started.library.files[sprite.slice(TO.length + 1)] = null;
  keepLicences(name, folder, started);
}

function addChecksums() {
  for (const library of Object.values(manifest)) {
    const files = Object.keys(library.files).flatMap((file) => expand(file));
    library.files = Object.fromEntries(
      files.map((file) => [
        file,
        createHash("sha256")
          .update(readFileSync(join(TO, file)))
          .digest("hex"),
      ]),
    );
  }
}

function expand(file) {
  if (basename(file) !== "images") return [file];
  return readdirSync(join(TO, file)).map((name) => join(file, name));
}

function copyCountry(name) {
  rmSync(COUNTRY, { recursive: true, force: true });
  mkdirSync(COUNTRY, { recursive: true });
  for (const file of [...COUNTRY_FILES, "data/LICENSE.md"])
    cpSync(join(FROM, name, file), join(COUNTRY, basename(file)));
}

rmSync(TO, { recursive: true, force: true });
for (const [name, files] of Object.entries(LIBRARIES)) copyLibrary(name, files);
copyIcons("lucide-static");
copyCountry("idn-area-data");
addChecksums();
writeFileSync(join(TO, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
