// @ts-check
// A chat bot over modelpin's gateway. One line is one message; people pick models with /model.

import { createInterface } from "node:readline";

const gateway = process.env.MODELPIN_URL ?? "http://127.0.0.1:4141";
const chat = "terminal:1";
const person = `terminal:${process.env.USER ?? "me"}`;

/** @typedef {{ role: "user" | "assistant", content: string }} Turn */
/** @typedef {{ outcome: string, send: string | null, reply: { text: string, view: object } | null }} Handled */

/** @param {string} path @param {object} body @param {Record<string, string>} [headers] */
async function post(path, body, headers = {}) {
  const token = process.env.MODELPIN_TOKEN;
  const answer = await fetch(gateway + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token && { "x-modelpin-token": token }), ...headers },
    body: JSON.stringify(body),
  });
  const told = await answer.json();
  // The gateway says what is wrong and what to do.
  if (!answer.ok) throw new Error(told.error.message);
  return told;
}

/** What to do with a message: a reply to show, a text for the model, both, or nothing.
 * @param {string} text @returns {Promise<Handled>} */
const handle = (text) => post("/v1/chat/handle", { session: chat, actor: person, surface: "text", text });

/** The answer of the model that is pinned to the chat, paid by the credential that is.
 * @param {Turn[]} messages @returns {Promise<string>} */
async function ask(messages) {
  const headers = { "x-modelpin-session": chat, "x-modelpin-actor": person };
  const answer = await post("/v1/messages", { max_tokens: 1024, messages }, headers);
  return answer.content.map((/** @type {{ text?: string }} */ block) => block.text ?? "").join("");
}

/** @type {Turn[]} */
const messages = [];
for await (const line of createInterface({ input: process.stdin })) {
  try {
    const { send, reply } = await handle(line);
    if (reply) console.log(reply.text);
    if (send) {
      const answer = await ask([...messages, { role: "user", content: send }]);
      messages.push({ role: "user", content: send }, { role: "assistant", content: answer });
      console.log(answer);
    }
  } catch (wrong) {
    console.log(wrong instanceof Error ? wrong.message : wrong);
  }
}
