"""One spelling for one object, and nothing else is read."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authenticator.canonical import (
    LONGEST,
    Rejected,
    base64url,
    canonical,
    digest,
    from_base64url,
    parse,
)

names = st.from_regex(r"\A[a-z][a-z0-9_]{0,31}\Z")
scalars = st.one_of(
    st.none(),
    st.integers(0, 2**53 - 1),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
)
objects = st.dictionaries(names, scalars, max_size=8)
some = settings(max_examples=40)


@some
@given(objects)
def test_what_is_written_is_read_back(fields: dict[str, str | int | None]) -> None:
    assert parse(canonical(fields)) == fields


@some
@given(objects)
def test_the_order_in_which_fields_came_does_not_matter(
    fields: dict[str, str | int | None],
) -> None:
    assert canonical(dict(reversed(fields.items()))) == canonical(fields)


@some
@given(objects)
def test_it_is_json(fields: dict[str, str | int | None]) -> None:
    assert json.loads(canonical(fields)) == fields


@pytest.mark.parametrize(
    "fields",
    [
        {"A": 1},
        {"1a": 1},
        {"": 1},
        {"a" * 33: 1},
        {"a-b": 1},
        {"é": 1},
        {"a": True},
        {"a": 1.0},
        {"a": -1},
        {"a": 2**53},
        {"a": []},
        {"a": {}},
        {"a": "\ud800"},
    ],
    ids=repr,
)
def test_names_and_values_outside_the_form_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(Rejected, match="not_canonical"):
        canonical(fields)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"1",
        b"null",
        b'{"a":1}\n',
        b' {"a":1}',
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":-0}',
        b'{"a":01}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":true}',
        b'{"a":[1]}',
        b'{"a":{}}',
        b'{"a":"\\u0041"}',
        b'{"a":"\\/"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\xff"}',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":' + b"[" * 4000 + b"]" * 4000 + b"}",
        b'{"a":"' + b"x" * LONGEST + b'"}',
    ],
)
def test_another_spelling_is_refused(raw: bytes) -> None:
    with pytest.raises(Rejected, match="not_canonical"):
        parse(raw)


def test_a_body_may_have_8192_bytes_and_no_more() -> None:
    frame = len('{"a":""}')
    assert parse(b'{"a":"' + b"x" * (LONGEST - frame) + b'"}')
    with pytest.raises(Rejected):
        parse(b'{"a":"' + b"x" * (LONGEST - frame + 1) + b'"}')


@given(st.binary(min_size=32, max_size=32))
def test_base64url_of_32_bytes_is_read_back(raw: bytes) -> None:
    assert from_base64url(base64url(raw), 32, "bad_key") == raw


@given(st.binary(min_size=64, max_size=64))
def test_base64url_of_64_bytes_is_read_back(raw: bytes) -> None:
    assert len(base64url(raw)) == 86
    assert from_base64url(base64url(raw), 64, "bad_encoding") == raw


@pytest.mark.parametrize(
    "text",
    [
        "A" * 42,
        "A" * 44,
        "A" * 42 + "=",
        "A" * 42 + "B",
        "A" * 42 + "+",
        "A" * 42 + "/",
        "A" * 42 + "\n",
        "A" * 42 + "é",
        "",
        None,
        7,
        b"A" * 43,
    ],
    ids=repr,
)
def test_every_other_spelling_of_32_bytes_is_refused(text: object) -> None:
    with pytest.raises(Rejected, match="bad_key"):
        from_base64url(text, 32, "bad_key")


def test_digests_are_43_characters() -> None:
    assert digest(b"") == digest("") == "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
