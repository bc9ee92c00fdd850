"""One line for one event, whatever its fields hold."""

import json
import logging
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfaproject.logs import JSONFormatter

NASTY = [
    "a\r\nb",
    "\x1b[31mred",
    "\u2028",
    "\u2029",
    "\x85",
    "\x7f",
    "\x00",
    "\ud800",
    "\u202e",
    '"}{"level": "INFO"',
    "é",
    "\x0b\x0c",
]


class Silent:
    def __str__(self) -> str:
        raise RuntimeError("no")


def line(message: str = "hello", *args: object, extra: dict[str, Any] | None = None) -> str:
    record = logging.LogRecord("nod.test", logging.INFO, __file__, 1, message, args, None)
    vars(record).update(extra or {})
    return JSONFormatter().format(record)


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("where", ["message", "argument", "extra", "name of an extra"])
def test_nothing_breaks_out_of_its_line(text: str, where: str) -> None:
    written = {
        "message": lambda: line(text),
        "argument": lambda: line("got %s", text),
        "extra": lambda: line(extra={"username": text}),
        "name of an extra": lambda: line(extra={text: "value"}),
    }[where]()
    assert written.isascii()
    assert written.isprintable()
    assert any(text in str(part) for pair in json.loads(written).items() for part in pair)


@given(
    st.text(),
    st.dictionaries(st.text(min_size=1), st.text() | st.integers() | st.floats() | st.none()),
)
def test_any_text_stays_on_one_line_and_comes_back_whole(text: str, extra: dict[str, Any]) -> None:
    record = logging.LogRecord("nod.test", logging.INFO, __file__, 1, "%s", (text,), None)
    vars(record).update({f"x_{name}": value for name, value in extra.items()})
    written = JSONFormatter().format(record)
    assert written.isascii()
    assert written.isprintable()
    assert json.loads(written)["message"] == text


def test_a_line_says_when_who_what_and_for_which_request() -> None:
    found = json.loads(line("signed in", extra={"request_id": "abc", "browser": "Firefox"}))
    assert found.pop("at").endswith("+00:00")
    assert found == {
        "level": "INFO",
        "logger": "nod.test",
        "message": "signed in",
        "request_id": "abc",
        "browser": "Firefox",
    }


@pytest.mark.parametrize("name", ["at", "level", "logger"])
def test_an_extra_cannot_pose_as_the_record(name: str) -> None:
    assert json.loads(line(extra={name: "forged"}))[name] != "forged"


def test_a_traceback_stays_on_the_line() -> None:
    try:
        int("first\nsecond")
    except ValueError:
        record = logging.LogRecord("nod.test", logging.ERROR, __file__, 1, "oh", (), sys.exc_info())
    written = JSONFormatter().format(record)
    assert "\n" not in written
    assert "ValueError: invalid literal" in json.loads(written)["exception"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Silent(), "<Silent: RuntimeError>"),
        (b"raw", "b'raw'"),
        ({1}, "{1}"),
        ({"a": Silent()}, {"a": "<Silent: RuntimeError>"}),
    ],
)
def test_values_without_a_json_shape_are_written_as_text(value: object, expected: object) -> None:
    assert json.loads(line(extra={"thing": value}))["thing"] == expected


def test_wrong_arguments_do_not_cost_the_line() -> None:
    assert "two %s %s" in json.loads(line("two %s %s", "one"))["message"]
