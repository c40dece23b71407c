"""Says what libraries that others wrote think of requests for Telegram's Bot API.

The argument is a file of JSON: a list of {"name", "method", "body"}. The answer is a line of JSON: for each library how many
it tried, and which it refused, with the reason.
"""

import datetime
import json
import sys

import telegram
from aiogram import methods
from pydantic import BaseModel
from telegram.constants import (
    CallbackQueryLimit,
    InlineKeyboardButtonLimit,
    InlineKeyboardMarkupLimit,
    MessageLimit,
)

METHODS = {
    "sendMessage": methods.SendMessage,
    "editMessageText": methods.EditMessageText,
    "editEphemeralMessageText": methods.EditEphemeralMessageText,
    "answerCallbackQuery": methods.AnswerCallbackQuery,
}


def unknown(model, path=""):
    """Fields that the library does not know: it keeps them aside."""
    for name in model.model_extra or {}:
        yield f"{path}{name}"
    for name in type(model).model_fields:
        value = getattr(model, name)
        stack = [(f"{path}{name}.", value)]
        while stack:
            at, value = stack.pop()
            if isinstance(value, BaseModel):
                yield from unknown(value, at)
            elif isinstance(value, list):
                stack.extend((at, item) for item in value)


def by_aiogram(method, body):
    """The shape: names, types, nothing missing, nothing that is not in Bot API 10.3."""
    request = METHODS[method].model_validate(body)
    left = list(unknown(request))
    if left:
        raise ValueError(f"unknown: {left}")
    # The places of entities, by its own reading of UTF-16.
    for entity in getattr(request, "entities", None) or []:
        if not entity.extract_from(request.text).strip("\n"):
            raise ValueError(f"nothing at {entity.offset}")


def at_most(what, length, limit):
    if length > limit:
        raise ValueError(f"{what}: {length} of {limit}")


def by_python_telegram_bot(method, body):
    """The figures that it knows, and its own reading of buttons and entities."""
    if method == "answerCallbackQuery":
        limit = CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH
        return at_most("text", len(body.get("text", "")), limit)
    text, entities = body["text"], body.get("entities", [])
    if not MessageLimit.MIN_TEXT_LENGTH <= len(text.strip()):
        raise ValueError("no text")
    at_most("text", len(text), MessageLimit.MAX_TEXT_LENGTH)
    at_most("entities", len(entities), MessageLimit.MESSAGE_ENTITIES)
    markup = telegram.InlineKeyboardMarkup.de_json(body.get("reply_markup") or {"inline_keyboard": []}, None)
    rows = markup.inline_keyboard
    at_most("buttons", sum(map(len, rows)), InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER)
    for row in rows:
        at_most("buttons of a row", len(row), InlineKeyboardMarkupLimit.BUTTONS_PER_ROW)
        for button in row:
            data = len(button.callback_data.encode())
            at_most("callback_data", data, InlineKeyboardButtonLimit.MAX_CALLBACK_DATA)
            if data < InlineKeyboardButtonLimit.MIN_CALLBACK_DATA or button.api_kwargs:
                raise ValueError(f"no button: {button}")
    message = telegram.Message(
        message_id=1,
        date=datetime.datetime.now(datetime.timezone.utc),
        chat=telegram.Chat(1, "private"),
        text=text,
        entities=telegram.MessageEntity.de_list(entities, None),
    )
    # It writes the message as HTML: entities that overlap or end in the middle of a character fail here.
    message.text_html.encode()
    read = message.parse_entities()
    if len(read) != len(entities):
        raise ValueError("an entity twice")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        requests = json.load(file)
    verdicts = {}
    for name, check in [("aiogram", by_aiogram), ("python-telegram-bot", by_python_telegram_bot)]:
        refused = []
        for request in requests:
            try:
                check(request["method"], request["body"])
            except Exception as why:  # whatever it raises is a refusal
                refused.append([request["name"], str(why)[:500]])
        verdicts[name] = {"tried": len(requests), "refused": refused}
    print(json.dumps(verdicts))


main()
