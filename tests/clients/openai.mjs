// npm's `openai`, unchanged but for the base URL.

import { BASE, GUARDED, TEXT, TOKEN, breaks, raises, require, same, scene } from "./cases.mjs";

const errors = require("openai");
const OpenAI = errors.default;
const client = new OpenAI({ baseURL: `${BASE}/v1`, apiKey: "sk-EXAMPLE-unused" });

const asked = (model = "fine-ai/m", text = "hi") => ({ model, messages: [{ role: "user", content: text }] });

async function words(stream) {
  const pieces = [];
  for await (const chunk of stream) pieces.push(chunk.choices[0]?.delta?.content ?? "");
  return pieces;
}

await scene("models are listed", async () => {
  const ids = [];
  for await (const model of client.models.list()) ids.push(model.id);
  if (!ids.includes("fine-ai/m")) throw new Error(ids.join());
  same((await client.models.retrieve("fine-ai/m")).id, "fine-ai/m");
});

await scene("a whole answer", async () => {
  same((await client.chat.completions.create(asked())).choices[0].message.content, TEXT);
});

await scene("headers tell the decision", async () => {
  const { response } = await client.chat.completions.create(asked()).withResponse();
  same(response.headers.get("x-modelpin-model"), "fine-ai/m");
  same(Boolean(response.headers.get("x-modelpin-decision")), true);
});

await scene("a stream", async () => {
  const pieces = await words(await client.chat.completions.create({ ...asked(), stream: true }));
  same(pieces.join(""), TEXT);
  same(pieces.length > 1, true);
});

await scene("a whole response", async () => {
  same((await client.responses.create({ model: "fine-ai/m", input: "hi" })).output_text, TEXT);
});

await scene("a stream of a response", async () => {
  const pieces = [];
  const stream = client.responses.stream({ model: "fine-ai/m", input: "hi" });
  for await (const event of stream) if (event.type === "response.output_text.delta") pieces.push(event.delta);
  same(pieces.join(""), TEXT);
  same((await stream.finalResponse()).output_text, TEXT);
});

for (const [status, kind] of [
  [400, errors.BadRequestError],
  [401, errors.AuthenticationError],
  [402, errors.RateLimitError], // OpenAI says with 429 that the money is gone
  [404, errors.NotFoundError],
  [413, errors.APIError],
  [429, errors.RateLimitError],
  [500, errors.InternalServerError],
  [529, errors.InternalServerError],
]) {
  await scene(`${status} is an error of its kind`, async () => {
    const error = await raises(kind, () => client.chat.completions.create(asked(`o${status}/m`)));
    same(Boolean(error.headers.get("x-modelpin-decision")), true);
  });
}

await scene("an error before a stream", async () => {
  const wanted = { ...asked("o429stream/m"), stream: true };
  await raises(errors.RateLimitError, async () => words(await client.chat.completions.create(wanted)));
});

await scene("an error in a stream", async () => {
  const wanted = { ...asked("fine-ai/m", "break"), stream: true };
  await breaks(async () => words(await client.chat.completions.create(wanted)));
});

await scene("a client that goes away", async () => {
  const wanted = { ...asked("fine-ai/m", "endless openai-node"), stream: true };
  for await (const _ of await client.chat.completions.create(wanted)) break;
});

await scene("a token", async () => {
  const wrong = new OpenAI({ baseURL: `${GUARDED}/v1`, apiKey: "EXAMPLE-nobodys-token" });
  await raises(errors.AuthenticationError, () => wrong.chat.completions.create(asked()));
  const right = new OpenAI({ baseURL: `${GUARDED}/v1`, apiKey: TOKEN });
  same((await right.chat.completions.create(asked())).choices[0].message.content, TEXT);
});
