// The web page in a real browser: `node page.mjs URL TOKEN_URL TOKEN` tries it on gateways that serve the demo.
// Each claim is a line of output; the first that does not hold ends it with exit code 1.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [url, guarded, token, program] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const root = process.getuid?.() === 0;
const browser = await chromium.launch({ executablePath: program, args: root ? ["--no-sandbox"] : [] });
const wide = { width: 1440, height: 900 };
const narrow = { width: 360, height: 780 };
let count = 0;

/** A page of its own: what it says in its console and whom it asks is looked at in the end. */
async function open(about = {}, at = url, says = []) {
  const context = await browser.newContext({ viewport: wide, colorScheme: "light", ...about });
  const page = await context.newPage();
  const bad = [];
  page.on("console", (said) => { if (["error", "warning"].includes(said.type()) && !says.some((one) => said.text().includes(one))) bad.push(said.text()); });
  page.on("pageerror", (error) => bad.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith("data:") && new URL(request.url()).origin !== new URL(at).origin) bad.push(`asked ${request.url()}`);
  });
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
  });
  page.session = `chat-${process.pid}-${++count}`;
  await page.addInitScript((session) => { if (!localStorage.getItem("modelpin-session")) localStorage.setItem("modelpin-session", session); }, page.session);
  await page.goto(at);
  page.done = async () => {
    assert.deepEqual(bad, []);
    assert.deepEqual(await page.evaluate(() => window.violations), []);
    await context.close();
  };
  return page;
}
const live = (page) => page.locator("[data-standing=live]").waitFor();
const say = async (page, text) => { await page.locator("#box").fill(text); await page.keyboard.press("Enter"); };
const candidate = (page, profile) => page.locator(`#providers .candidate:has(.profile[title="${profile}"])`);
const answers = (page, has) => page.locator(".answer:not([aria-busy])", { hasText: has }).waitFor();

const claims = {
  async "a model is chosen with a click, and a profile of it with another"() {
    const page = await open();
    await live(page);
    await page.getByRole("button", { name: "/model choose" }).click();
    await page.locator(".choice", { hasText: "sonnet" }).click();
    await page.locator(".reply", { hasText: "Pinned for this chat" }).waitFor();
    await page.locator("#pins", { hasText: "demo/sonnet" }).waitFor();
    await page.locator("#next .big", { hasText: "sonnet" }).waitFor();

    await say(page, "/model");
    await page.getByRole("button", { name: "profiles of haiku" }).click();
    await page.locator(".choice", { hasText: "demo:default" }).click();
    await page.locator(".reply", { hasText: "only this one" }).waitFor();
    await page.locator("#pins li", { hasText: "@demo:default" }).filter({ hasText: "strict" }).waitFor();
    await say(page, "hello");
    await answers(page, "I am demo/haiku, asked with demo:default. You said: hello");
    assert.equal(await page.locator(".answer .who .profile").textContent(), "demo:default");
    assert.equal(await page.locator(".answer .note:visible").count(), 0, "it was as pinned");
    await page.done();
  },

  async "a failover is seen as it happens, and a rest counts down"() {
    const page = await open();
    await live(page);
    await say(page, "/model sonnet@demo:work --prefer");
    await page.locator("#pins", { hasText: "@demo:work" }).waitFor();
    await say(page, "fail 429 demo:work");
    await answers(page, "demo:work answers 429 to this, so I stepped in");
    await page.locator(".note:visible", { hasText: "Not as pinned. demo:work failed (rate limit), demo:default answered." }).waitFor();
    await page.locator("#decisions .decision", { hasText: "failed: rate limit" }).first().waitFor();
    const rests = candidate(page, "demo:work").locator(".state .count");
    await rests.waitFor();
    const left = async () => (await rests.textContent()).match(/(\d+):(\d\d)/).slice(1).reduce((all, part) => all * 60 + Number(part), 0);
    const before = await left();
    assert.ok(before > 0 && before <= 60, `${before} s`);
    await page.waitForFunction(([was, one]) => document.querySelector(one)?.textContent.endsWith(was) === false,
      [await rests.textContent(), `#providers .profile[title="demo:work"] ~ .state .count`]);
    assert.ok(await left() < before);
    await candidate(page, "demo:default").locator(".badge", { hasText: "next" }).waitFor();
    await page.done();
  },

  async "a refusal says why, what to do, and which decision it was"() {
    // A browser writes a line about every answer that is no success.
    const page = await open({}, url, ["the server responded with a status of"]);
    await live(page);
    await say(page, "/model opus@demo:unpaid");
    await page.locator(".reply", { hasText: "demo:unpaid" }).waitFor();
    await say(page, "hello");
    const wrong = page.locator(".wrong");
    await wrong.waitFor();
    assert.match(await wrong.textContent(), /demo:unpaid/);
    assert.match(await wrong.locator("code").textContent(), /^d[0-9a-f]+-[0-9a-f]+$/);
    await page.done();
  },

  async "words come as they are said, and Stop ends the answer"() {
    const page = await open();
    await live(page);
    await say(page, "slow");
    await page.locator(".answer[aria-busy] .words", { hasText: "1 2 3" }).waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.locator(".answer .stopped").waitFor();
    assert.ok(!(await page.locator(".answer .words").textContent()).includes("40"));
    await page.getByRole("button", { name: "Send" }).waitFor();
    await page.done();
  },

  async "everything can be done with the keyboard alone"() {
    const page = await open();
    await live(page);
    await page.keyboard.type("/mod");
    await page.locator("#offers li").first().waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("#offers").isVisible(), false);
    await page.keyboard.type("el st");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("#box").inputValue(), "/model status");
    await page.keyboard.press("Enter");
    await page.locator(".reply[data-kind=status]").waitFor();

    await page.keyboard.type("/model");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Enter");
    await page.locator(".choice").first().waitFor();
    const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent);
    for (let steps = 0; !(await focused()).includes("profiles of sonnet"); steps += 1) {
      assert.ok(steps < 30, "the button is reached");
      await page.keyboard.press("Shift+Tab");
    }
    assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), "none", "the focus is seen");
    await page.keyboard.press("Enter");
    await page.getByText("sonnet, with which profile?").waitFor();
    // The focus is on the first choice of what the button brought.
    await page.waitForFunction(() => document.activeElement.classList.contains("choice"));
    await page.keyboard.press("Enter");
    await page.locator(".reply[data-kind=changed]", { hasText: "sonnet" }).waitFor();
    await page.waitForFunction(() => document.activeElement.id === "box");
    await page.keyboard.type("slow");
    await page.keyboard.press("Enter");
    await page.locator(".answer[aria-busy] .words", { hasText: "1 2" }).waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".answer .stopped").waitFor();
    await page.done();
  },

  async "a chat has a name, which is kept, and another one begins anew"() {
    const page = await open();
    await live(page);
    await say(page, "/model haiku");
    await page.locator("#next .big", { hasText: "haiku" }).waitFor();
    const other = `${page.session}, другой чат 🙂`;
    await page.locator("#session").fill(other);
    await page.keyboard.press("Enter");
    await page.locator("#next .big", { hasText: "opus" }).waitFor();
    await page.getByText("Who should answer?").waitFor();
    await say(page, "/model sonnet");
    await page.locator("#pins li", { hasText: "this chat" }).filter({ hasText: "demo/sonnet" }).waitFor();
    await page.reload();
    assert.equal(await page.locator("#session").inputValue(), other);
    await page.locator("#next .big", { hasText: "sonnet" }).waitFor();
    await page.done();
  },

  async "what others write is shown and never run"() {
    const page = await open();
    await live(page);
    const hostile = `<img src=x onerror="document.title='run'"><script>document.title='run'</script>`;
    await say(page, hostile);
    await answers(page, "You said: <img");
    await say(page, `/model ${hostile}`);
    await page.locator(".reply").waitFor();
    assert.equal(await page.locator("#log img, #log script").count(), 0);
    assert.equal(await page.title(), "modelpin");
    await page.done();
  },

  async "a connection that breaks is told, and comes back by itself"() {
    const page = await open({}, url, ["net::ERR_INTERNET_DISCONNECTED", "net::ERR_FAILED"]);
    await live(page);
    await page.route("**/v1/events", (route) => route.abort());
    await page.locator("#session").fill("broken");
    await page.keyboard.press("Enter");
    await page.getByText(/not connected, again in 0:0\d/).waitFor();
    await page.unroute("**/v1/events");
    await live(page);
    await page.done();
  },

  async "a model that speaks another API is asked in that one"() {
    const page = await open({}, url, ["the server responded with a status of 400"]);
    await live(page);
    await page.route("**/v1/messages", (route) => route.fulfill({
      status: 400, json: { type: "error", error: { type: "invalid_request_error", code: "other-api", message: "it speaks another API" } },
    }));
    await page.route("**/v1/chat/completions", (route) => route.fulfill({
      contentType: "text/event-stream",
      headers: { "x-modelpin-model": "two/gpt", "x-modelpin-profile": "two:ph%C3%B2ng", "x-modelpin-decision": "d1-1" },
      body: ["He", "llo"].map((content) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`).join("") + "data: [DONE]\n\n",
    }));
    await say(page, "hi");
    await answers(page, "Hello");
    assert.equal(await page.locator(".answer .who .profile").textContent(), "two:phòng");
    assert.equal(await page.locator(".wrong").count(), 0);
    await page.done();
  },

  async "an answer that breaks off keeps what was said, and says why"() {
    const page = await open();
    await live(page);
    const event = (data) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
    await page.route("**/v1/messages", (route) => route.fulfill({
      contentType: "text/event-stream",
      headers: { "x-modelpin-model": "demo/opus", "x-modelpin-profile": "demo:work", "x-modelpin-decision": "d2-2" },
      body: event({ type: "content_block_delta", delta: { type: "text_delta", text: "So far" } })
        + event({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } }),
    }));
    await say(page, "hi");
    await answers(page, "So far");
    const wrong = page.locator(".wrong", { hasText: "Overloaded" });
    await wrong.waitFor();
    assert.equal(await wrong.locator("code").textContent(), "d2-2");
    await page.done();
  },

  async "where tokens are wanted the page asks for one, and shows its chats"() {
    const page = await open({}, guarded, ["the server responded with a status of 401"]);
    const dialog = page.getByRole("dialog", { name: "Who are you?" });
    await dialog.waitFor();
    await page.keyboard.type("EXAMPLE-token-of-nobody");
    await page.keyboard.press("Enter");
    await dialog.getByText("Nobody has that token.").waitFor();
    await page.getByLabel("Token").fill(token);
    await page.keyboard.press("Enter");
    await live(page);
    assert.equal(await dialog.isVisible(), false);
    await say(page, "hello");
    await answers(page, "You said: hello");
    await page.locator("#decisions .decision").first().waitFor();
    assert.ok(!(await page.content()).includes(token), "the token is not in the page");
    assert.ok(!(await page.evaluate(() => JSON.stringify({ ...localStorage }))).includes(token), "the token is not kept for good");
    await page.done();
  },
};

for (const [name, viewport] of Object.entries({ "1,440": wide, 360: narrow })) {
  for (const colorScheme of ["light", "dark"]) {
    claims[`at ${name} px, ${colorScheme}, nothing overflows and axe finds nothing`] = async () => {
      const page = await open({ viewport, colorScheme, reducedMotion: "reduce" });
      await live(page);
      const check = async (what) => {
        // It is evaluated from outside the page, which the policy of the page lets be.
        await page.evaluate(axe);
        const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
        assert.deepEqual(found.violations.map((one) => `${what}: ${one.id}: ${one.nodes.map((node) => node.target).join(", ")}`), []);
        const [whole, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        assert.ok(whole <= seen, `${what}: ${whole} px in ${seen}`);
      };
      await check("empty");
      await say(page, "/model");
      await page.locator(".choice").first().waitFor();
      await check("picker");
      await page.getByRole("button", { name: "profiles of sonnet" }).click();
      await page.getByText("sonnet, with which profile?").waitFor();
      await page.locator("#box").fill("/model s");
      await page.locator("#offers li").first().waitFor();
      await check("profiles and offers");
      await say(page, "/model help");
      await page.locator(".drawn").waitFor();
      await check("help");
      await say(page, "/model sonnet@demo:work --prefer");
      await page.locator(".reply[data-kind=changed]").waitFor();
      await say(page, "fail 429 demo:work");
      await page.locator(".note:visible").waitFor();
      await check("failover");
      if (viewport === narrow) {
        const tab = page.getByRole("button", { name: "Board" });
        await tab.click();
        assert.equal(await tab.getAttribute("aria-pressed"), "true");
        await page.locator("#decisions .decision").first().waitFor();
        await check("board");
      }
      await page.done();
    };
  }
}

const only = process.env.ONLY;
for (const [claim, holds] of Object.entries(claims)) {
  if (only && !claim.includes(only)) continue;
  const begun = performance.now();
  try {
    await holds();
    console.log(`holds: ${claim} (${Math.round(performance.now() - begun)} ms)`);
  } catch (wrong) {
    console.error(`does not hold: ${claim}\n${wrong.stack ?? wrong}`);
    process.exitCode = 1;
    break;
  }
}
await browser.close();
