"""Runs cases, and prints a line of JSON for each."""

import json
import sys

BASE = sys.argv[1]
GUARDED = sys.argv[2] if len(sys.argv) > 2 else None
TOKEN = "EXAMPLE-token-of-the-clients"
TEXT = "Hello, wörld 🦀: what passes is not touched."


def case(name):
    """Runs the function under this name, at once."""

    def run(function):
        try:
            function()
            told = {"case": name, "ok": True}
        except Exception as wrong:  # whatever it is, it is told
            told = {"case": name, "ok": False, "why": f"{type(wrong).__name__}: {wrong}"[:400]}
        print(json.dumps(told), flush=True)

    return run


def same(is_, expected):
    if is_ != expected:
        raise AssertionError(f"{is_!r} is not {expected!r}")


def raises(kind, function):
    """The error of this very kind that the function ends with."""
    try:
        function()
    except Exception as error:
        if type(error) is not kind:
            raise AssertionError(f"{type(error).__name__} is not {kind.__name__}: {error}") from error
        return error
    raise AssertionError(f"no {kind.__name__}")
