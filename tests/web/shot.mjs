// Takes the pictures of `docs/`: `node shot.mjs URL FOLDER CHROMIUM` on a fresh `modelpin gateway --demo`.

import { chromium } from "playwright-core";

const [url, folder, program] = process.argv.slice(2);
const root = process.getuid?.() === 0;
const browser = await chromium.launch({ executablePath: program, args: root ? ["--no-sandbox"] : [] });

for (const [width, height, colorScheme, name] of [[1440, 900, "light", "page"], [360, 780, "dark", "page-phone"]]) {
  const page = await (await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: "reduce" })).newPage();
  const say = async (text) => { await page.locator("#box").fill(text); await page.keyboard.press("Enter"); };
  await page.goto(url);
  await page.locator("[data-standing=live]").waitFor();
  if (width < 500) await page.locator("#session").fill("phone");
  else await page.locator("#session").fill("team-room");
  await page.keyboard.press("Enter");
  await page.getByText("Who should answer?").waitFor();
  await say(width < 500 ? "/model opus@work --prefer" : "/model sonnet@work --prefer");
  await page.locator(".reply[data-kind=changed]").waitFor();
  await say("fail 429 demo:work");
  await page.locator(".note:visible").waitFor();
  await page.locator(".answer:not([aria-busy])").waitFor();
  if (width > 500) {
    await say("/model");
    await page.locator(".choice").first().waitFor();
  }
  await page.waitForFunction(() => document.querySelector(".candidate .count")?.textContent.includes("0:1"));
  await page.screenshot({ path: `${folder}/${name}.png` });
  await page.close();
}
await browser.close();
