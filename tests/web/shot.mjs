// Takes pictures of the page as it is in the demo: `node shot.mjs URL FOLDER [FONTS]`.
import { chromium } from "playwright-core";
const [url, folder] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const sizes = [[1440, 900], [360, 780]];
for (const [width, height] of sizes) for (const colorScheme of ["light", "dark"]) {
  const page = await (await browser.newContext({ viewport: { width, height }, colorScheme })).newPage();
  page.on("console", (m) => { if (m.type() === "error") console.log("console:", m.text()); });
  page.on("pageerror", (e) => console.log("error:", e.message));
  await page.goto(url);
  await page.getByText("live", { exact: true }).waitFor();
  const name = (part) => `${folder}/${width}-${colorScheme}-${part}.png`;
  if (process.argv[4] === "empty") { await page.screenshot({ path: name("empty") }); continue; }
  const say = async (text) => { await page.locator("#box").fill(text); await page.keyboard.press("Enter"); };
  await page.locator("#session").fill(`shot-${width}-${colorScheme}`); await page.keyboard.press("Enter");
  await page.screenshot({ path: name("empty") });
  await say("/model");
  await page.locator(".picker").waitFor();
  await page.waitForTimeout(300); await page.screenshot({ path: name("picker") });
  await page.getByRole("button", { name: "Profiles of sonnet" }).click();
  await page.getByText("sonnet, with which profile?").waitFor();
  await page.screenshot({ path: name("profiles") });
  await page.locator(".choice", { hasText: "demo:default" }).click();
  await page.locator(".reply[data-kind=changed]").waitFor();
  await say("/model sonnet@demo:work --prefer");
  await page.locator(".reply[data-kind=changed]").nth(1).waitFor();
  await say("fail 429 demo:work");
  await page.locator(".note:visible").waitFor();
  await page.waitForTimeout(500);
  await page.screenshot({ path: name("failover") });
  await page.locator("#box").pressSequentially("/model s");
  await page.waitForTimeout(200);
  await page.screenshot({ path: name("offers") });
  await page.locator("#box").fill("");
  if (width < 900) { await page.getByRole("button", { name: "Board" }).click(); await page.screenshot({ path: name("board") }); }
}
await browser.close();
