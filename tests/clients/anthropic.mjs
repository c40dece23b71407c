// npm's `@anthropic-ai/sdk`, unchanged but for the base URL.

import { BASE, GUARDED, TEXT, TOKEN, breaks, raises, require, same, scene } from "./cases.mjs";

const Anthropic = require("@anthropic-ai/sdk").default;
const errors = require("@anthropic-ai/sdk");
const client = new Anthropic({ baseURL: BASE, apiKey: "sk-ant-api03-EXAMPLE-unused" });

const asked = (model = "fine/m", text = "hi") => ({
  model,
  max_tokens: 16,
  messages: [{ role: "user", content: text }],
});

await scene("models are listed", async () => {
  const ids = [];
  for await (const model of client.models.list()) ids.push(model.id);
  if (!ids.includes("fine/m")) throw new Error(ids.join());
  same((await client.models.retrieve("fine/m")).id, "fine/m");
});

await scene("a whole answer", async () => {
  same((await client.messages.create(asked())).content[0].text, TEXT);
});

await scene("headers tell the decision", async () => {
  const { response } = await client.messages.create(asked()).withResponse();
  same(response.headers.get("x-modelpin-model"), "fine/m");
  same(Boolean(response.headers.get("x-modelpin-decision")), true);
});

await scene("a stream", async () => {
  const pieces = [];
  const stream = client.messages.stream(asked()).on("text", (text) => pieces.push(text));
  same((await stream.finalMessage()).stop_reason, "end_turn");
  same(pieces.join(""), TEXT);
  same(pieces.length > 1, true);
});

await scene("tokens are counted", async () => {
  const { max_tokens, ...wanted } = asked();
  same((await client.messages.countTokens(wanted)).input_tokens, 7);
});

for (const [status, kind] of [
  [400, errors.BadRequestError],
  [401, errors.AuthenticationError],
  [402, errors.PaymentRequiredError],
  [404, errors.NotFoundError],
  [413, errors.ContentTooLargeError],
  [429, errors.RateLimitError],
  [500, errors.InternalServerError],
  [529, errors.OverloadedError],
]) {
  await scene(`${status} is an error of its kind`, async () => {
    const error = await raises(kind, () => client.messages.create(asked(`a${status}/m`)));
    same(Boolean(error.headers.get("x-modelpin-decision")), true);
  });
}

await scene("an error before a stream", async () => {
  await raises(errors.RateLimitError, () => client.messages.stream(asked("a429stream/m")).finalMessage());
});

await scene("an error in a stream", async () => {
  await breaks(() => client.messages.stream(asked("fine/m", "break")).finalMessage());
});

await scene("a client that goes away", async () => {
  const stream = await client.messages.create({ ...asked("fine/m", "endless anthropic-node"), stream: true });
  for await (const event of stream) {
    if (event.type === "content_block_delta") break;
  }
});

await scene("a token", async () => {
  const wrong = new Anthropic({ baseURL: GUARDED, apiKey: "EXAMPLE-nobodys-token" });
  await raises(errors.AuthenticationError, () => wrong.messages.create(asked()));
  const right = new Anthropic({ baseURL: GUARDED, apiKey: TOKEN });
  same((await right.messages.create(asked())).content[0].text, TEXT);
});
