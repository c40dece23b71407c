"""Asks slack_sdk's models about messages: JSON lines {"name", "message"} in, one JSON verdict out."""

import json
import logging
import sys
import warnings

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block, Option, OptionGroup

warnings.simplefilter("ignore")

# A key that a model does not know is only logged: here it counts.
complaints = []


class Complaints(logging.Handler):
    def emit(self, record):
        complaints.append(record.getMessage())


logging.getLogger().addHandler(Complaints())

OF_A_MESSAGE = {"response_type", "replace_original", "text", "blocks", "unfurl_links", "unfurl_media"}


def whole(element):
    """A menu keeps its options as they came: they are models of their own."""
    for key, model in (("options", Option), ("option_groups", OptionGroup)):
        if element.get(key) is not None:
            element[key] = model.parse_all(element[key])
            for made in element[key]:
                made.validate_json()
    if element.get("initial_option") is not None:
        [element["initial_option"]] = Option.parse_all([element["initial_option"]])
    return element


def ask(message):
    unknown = set(message) - OF_A_MESSAGE
    if unknown:
        raise SlackObjectFormationError(f"unknown keys of a message: {sorted(unknown)}")
    if not isinstance(message["text"], str) or len(message["text"]) > 4000:
        raise SlackObjectFormationError("the text is too long")
    if len(message["blocks"]) > 50:
        raise SlackObjectFormationError("too many blocks")
    for block in message["blocks"]:
        copy = json.loads(json.dumps(block))
        for element in copy.get("elements", []):
            whole(element)
        made = Block.parse(copy)
        if made is None:
            raise SlackObjectFormationError(f"no block: {block}")
        made.validate_json()
        for element in getattr(made, "elements", []):
            element.validate_json()
        if made.to_dict() != block:
            raise SlackObjectFormationError(f"written as {made.to_dict()}, not as {block}")


def main():
    tried, refused = 0, []
    for line in sys.stdin:
        named = json.loads(line)
        complaints.clear()
        tried += 1
        try:
            ask(named["message"])
            if complaints:
                raise SlackObjectFormationError("; ".join(complaints))
        except (SlackObjectFormationError, TypeError, KeyError, AttributeError) as why:
            refused.append([named["name"], str(why)])
    print(json.dumps({"tried": tried, "refused": refused}))


main()
