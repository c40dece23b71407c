"""A chat bot over modelpin's gateway. One line is one message; people pick models with /model."""

import json
import os
import sys
import urllib.error
import urllib.request

GATEWAY = os.environ.get("MODELPIN_URL", "http://127.0.0.1:4141")
CHAT, PERSON = "terminal:1", "terminal:" + os.environ.get("USER", "me")


def post(path, body, headers=()):
    headers = {"content-type": "application/json", **dict(headers)}
    if "MODELPIN_TOKEN" in os.environ:
        headers["x-modelpin-token"] = os.environ["MODELPIN_TOKEN"]
    request = urllib.request.Request(GATEWAY + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


def handle(text):
    """What to do with a message: a reply to show, a text for the model, both, or nothing."""
    return post("/v1/chat/handle", {"session": CHAT, "actor": PERSON, "surface": "text", "text": text})


def ask(messages):
    """The answer of the model that is pinned to the chat, paid by the credential that is."""
    answer = post(
        "/v1/messages",
        {"max_tokens": 1024, "messages": messages},
        {"x-modelpin-session": CHAT, "x-modelpin-actor": PERSON},
    )
    return "".join(block.get("text", "") for block in answer["content"])


def main():
    messages = []
    for line in sys.stdin:
        try:
            handled = handle(line.rstrip("\n"))
            if handled["reply"]:
                print(handled["reply"]["text"], flush=True)
            if handled["send"]:
                turn = {"role": "user", "content": handled["send"]}
                answer = ask([*messages, turn])
                messages += [turn, {"role": "assistant", "content": answer}]
                print(answer, flush=True)
        except urllib.error.HTTPError as refused:
            # The gateway says what is wrong and what to do.
            print(json.load(refused)["error"]["message"], flush=True)
        except urllib.error.URLError as gone:
            sys.exit(f"no gateway at {GATEWAY}: {gone.reason}")


main()
