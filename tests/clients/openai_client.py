"""PyPI's `openai`, unchanged but for the base URL."""

import asyncio

import openai

from cases import BASE, GUARDED, TEXT, TOKEN, case, raises, same

client = openai.OpenAI(base_url=f"{BASE}/v1", api_key="sk-EXAMPLE-unused")


def asked(model="fine-ai/m", text="hi"):
    return {"model": model, "messages": [{"role": "user", "content": text}]}


def words(stream):
    return [chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices]


@case("models are listed")
def _():
    models = {model.id for model in client.models.list()}
    if "fine-ai/m" not in models:
        raise AssertionError(models)
    same(client.models.retrieve("fine-ai/m").id, "fine-ai/m")


@case("a whole answer")
def _():
    same(client.chat.completions.create(**asked()).choices[0].message.content, TEXT)


@case("headers tell the decision")
def _():
    raw = client.chat.completions.with_raw_response.create(**asked())
    same(raw.headers["x-modelpin-model"], "fine-ai/m")
    same(bool(raw.headers["x-modelpin-decision"]), True)


@case("a stream")
def _():
    pieces = words(client.chat.completions.create(**asked(), stream=True))
    same("".join(pieces), TEXT)
    same(len(pieces) > 1, True)


@case("a stream, asynchronously")
def _():
    async def run():
        async with openai.AsyncOpenAI(base_url=f"{BASE}/v1", api_key="x") as patient:
            stream = await patient.chat.completions.create(**asked(), stream=True)
            return "".join([chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices])

    same(asyncio.run(run()), TEXT)


@case("a whole response")
def _():
    same(client.responses.create(model="fine-ai/m", input="hi").output_text, TEXT)


@case("a stream of a response")
def _():
    with client.responses.stream(model="fine-ai/m", input="hi") as stream:
        pieces = [event.delta for event in stream if event.type == "response.output_text.delta"]
        same("".join(pieces), TEXT)
        same(stream.get_final_response().output_text, TEXT)


for status, kind in [
    (400, openai.BadRequestError),
    (401, openai.AuthenticationError),
    (402, openai.RateLimitError),  # OpenAI says with 429 that the money is gone
    (404, openai.NotFoundError),
    (413, openai.APIStatusError),
    (429, openai.RateLimitError),
    (500, openai.InternalServerError),
    (529, openai.InternalServerError),
]:

    @case(f"{status} is an error of its kind")
    def _():
        error = raises(kind, lambda: client.chat.completions.create(**asked(f"o{status}/m")))
        same(bool(error.response.headers.get("x-modelpin-decision")), True)


@case("an error before a stream")
def _():
    wanted = asked("o429stream/m")
    raises(openai.RateLimitError, lambda: list(client.chat.completions.create(**wanted, stream=True)))


@case("an error in a stream")
def _():
    try:
        list(client.chat.completions.create(**asked("fine-ai/m", "break"), stream=True))
    except Exception:
        return
    raise AssertionError("a stream that broke off was taken for whole")


@case("a client that goes away")
def _():
    with client.chat.completions.create(**asked("fine-ai/m", "endless openai-python"), stream=True) as stream:
        next(iter(stream))


@case("a token")
def _():
    wrong = openai.OpenAI(base_url=f"{GUARDED}/v1", api_key="EXAMPLE-nobodys-token")
    raises(openai.AuthenticationError, lambda: wrong.chat.completions.create(**asked()))
    right = openai.OpenAI(base_url=f"{GUARDED}/v1", api_key=TOKEN)
    same(right.chat.completions.create(**asked()).choices[0].message.content, TEXT)
