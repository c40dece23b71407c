"""PyPI's `anthropic`, unchanged but for the base URL."""

import asyncio

import anthropic
from anthropic._exceptions import OverloadedError, RequestTooLargeError

from cases import BASE, GUARDED, TEXT, TOKEN, case, raises, same

client = anthropic.Anthropic(base_url=BASE, api_key="sk-ant-api03-EXAMPLE-unused")


def asked(model="fine/m", text="hi"):
    return {"model": model, "max_tokens": 16, "messages": [{"role": "user", "content": text}]}


@case("models are listed")
def _():
    models = {model.id for model in client.models.list()}
    if "fine/m" not in models:
        raise AssertionError(models)
    same(client.models.retrieve("fine/m").id, "fine/m")


@case("a whole answer")
def _():
    same(client.messages.create(**asked()).content[0].text, TEXT)


@case("headers tell the decision")
def _():
    raw = client.messages.with_raw_response.create(**asked())
    same(raw.headers["x-modelpin-model"], "fine/m")
    same(bool(raw.headers["x-modelpin-decision"]), True)


@case("a stream")
def _():
    with client.messages.stream(**asked()) as stream:
        pieces = list(stream.text_stream)
        same("".join(pieces), TEXT)
        same(stream.get_final_message().stop_reason, "end_turn")
    same(len(pieces) > 1, True)


@case("a stream, asynchronously")
def _():
    async def run():
        async with anthropic.AsyncAnthropic(base_url=BASE, api_key="x") as patient:
            async with patient.messages.stream(**asked()) as stream:
                return "".join([piece async for piece in stream.text_stream])

    same(asyncio.run(run()), TEXT)


@case("tokens are counted")
def _():
    wanted = {"model": "fine/m", "messages": [{"role": "user", "content": "hi"}]}
    same(client.messages.count_tokens(**wanted).input_tokens, 7)


for status, kind in [
    (400, anthropic.BadRequestError),
    (401, anthropic.AuthenticationError),
    (402, anthropic._exceptions.PaymentRequiredError),
    (404, anthropic.NotFoundError),
    (413, RequestTooLargeError),
    (429, anthropic.RateLimitError),
    (500, anthropic.InternalServerError),
    (529, OverloadedError),
]:

    @case(f"{status} is an error of its kind")
    def _():
        error = raises(kind, lambda: client.messages.create(**asked(f"a{status}/m")))
        same(bool(error.response.headers.get("x-modelpin-decision")), True)


@case("an error before a stream")
def _():
    def run():
        with client.messages.stream(**asked("a429stream/m")) as stream:
            list(stream.text_stream)

    raises(anthropic.RateLimitError, run)


@case("an error in a stream")
def _():
    def run():
        with client.messages.stream(**asked("fine/m", "break")) as stream:
            list(stream.text_stream)

    try:
        run()
    except Exception:
        return
    raise AssertionError("a stream that broke off was taken for whole")


@case("a client that goes away")
def _():
    with client.messages.stream(**asked("fine/m", "endless anthropic-python")) as stream:
        next(iter(stream.text_stream))


@case("a token")
def _():
    wrong = anthropic.Anthropic(base_url=GUARDED, api_key="EXAMPLE-nobodys-token")
    raises(anthropic.AuthenticationError, lambda: wrong.messages.create(**asked()))
    right = anthropic.Anthropic(base_url=GUARDED, api_key=TOKEN)
    same(right.messages.create(**asked()).content[0].text, TEXT)
