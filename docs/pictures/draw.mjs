// Draws docs/picker-*.png: what each platform's picker, status and confirmation look like, from the payloads in
// fixtures/render/. Wants node, python3 and a Chromium (CHROMIUM=…): docs/pictures/draw [telegram|discord|slack|matrix …]

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const fixtures = join(here, "../../fixtures/render");
const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";

// The golden files of a platform with something to press, and how high its picture is.
const platforms = {
  telegram: { picker: "picker.buttons", height: 624 },
  discord: { picker: "picker.buttons", height: 676 },
  slack: { picker: "picker.buttons", height: 660 },
  matrix: { picker: "picker.pressed", height: 640 },
};
const width = 1120;

// A Python with Pillow, installed below target/ the first time.
function python() {
  const folder = join(here, "../../target/pictures");
  const program = join(folder, "bin/python");
  if (!existsSync(join(folder, "done"))) {
    execFileSync("python3", ["-m", "venv", folder]);
    execFileSync(program, ["-m", "pip", "install", "--quiet", "--only-binary", ":all:", "pillow==13.0.0"]);
    writeFileSync(join(folder, "done"), "");
  }
  return program;
}

const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : Object.keys(platforms)) {
  const { picker, height } = platforms[name];
  const golden = (file) => JSON.parse(readFileSync(join(fixtures, name, `${file}.json`), "utf8"))[0];
  const goldens = { picker: golden(picker), changed: golden("changed-pinned"), status: golden("status") };
  const data = JSON.stringify(goldens).replaceAll("<", "\\u003c");
  const shared = readFileSync(join(here, "shared.css"), "utf8");
  const script = readFileSync(join(here, "shared.js"), "utf8");
  const page = readFileSync(join(here, `${name}.html`), "utf8")
    .replace("/* shared.css */", () => shared)
    .replace("/* goldens */", () => `const goldens = ${data};\n${script}`);
  const folder = mkdtempSync(join(tmpdir(), "picture-"));
  try {
    writeFileSync(join(folder, "page.html"), page);
    execFileSync(chromium, [
      "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", `--user-data-dir=${folder}/profile`,
      `--window-size=${width},${height}`, `--screenshot=${join(here, `../picker-${name}.png`)}`,
      `file://${folder}/page.html`,
    ], { stdio: "pipe" });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  // Few colours, small files.
  const picture = join(here, `../picker-${name}.png`);
  execFileSync(python(), ["-c", "import sys; from PIL import Image; p = sys.argv[1]; " +
    "Image.open(p).convert('RGB').quantize(64, dither=0).save(p, optimize=True)", picture]);
  console.log(`docs/picker-${name}.png`);
}
