// Runs cases, and prints a line of JSON for each. Packages are taken from where the test has installed them.

import { createRequire } from "node:module";
import { join } from "node:path";

export const [BASE, GUARDED] = process.argv.slice(2);
export const TOKEN = "EXAMPLE-token-of-the-clients";
export const TEXT = "Hello, wörld 🦀: what passes is not touched.";
export const require = createRequire(join(process.env.MODELPIN_CLIENTS ?? "target/clients/js", "x.js"));

export async function scene(name, run) {
  let told;
  try {
    await run();
    told = { case: name, ok: true };
  } catch (wrong) {
    told = { case: name, ok: false, why: `${wrong.constructor.name}: ${wrong.message}`.slice(0, 400) };
  }
  console.log(JSON.stringify(told));
}

export function same(is, expected) {
  if (is !== expected) throw new Error(`${JSON.stringify(is)} is not ${JSON.stringify(expected)}`);
}

/** The error of this very kind that the function ends with. */
export async function raises(kind, run) {
  try {
    await run();
  } catch (error) {
    if (error.constructor !== kind) {
      throw new Error(`${error.constructor.name} is not ${kind.name}: ${error.message}`);
    }
    return error;
  }
  throw new Error(`no ${kind.name}`);
}

export async function breaks(run) {
  try {
    await run();
  } catch {
    return;
  }
  throw new Error("a stream that broke off was taken for whole");
}
