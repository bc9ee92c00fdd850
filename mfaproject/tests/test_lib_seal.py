"""Keys by purpose: what one purpose made, no other accepts; what an older key made, still opens."""

import pytest
from pytest_django.fixtures import Settings

from mfaproject.lib import seal


@pytest.fixture(autouse=True)
def roots(settings: Settings) -> None:
    settings.ROOT_KEYS = ["the newest key", "an older key"]


def test_a_sealed_value_opens_for_its_purpose_only() -> None:
    sealed = seal.seal("address", {"ip": "192.0.2.1"})
    assert seal.unseal("address", sealed) == {"ip": "192.0.2.1"}
    with pytest.raises(seal.BrokenSeal):
        seal.unseal("payload", sealed)


def test_a_sealed_value_says_what_it_belongs_to() -> None:
    sealed = seal.seal("payload", {"row": "a", "code": "123456"})
    assert seal.unseal("payload", sealed, row="a")["code"] == "123456"
    with pytest.raises(seal.BrokenSeal):
        seal.unseal("payload", sealed, row="b")


@pytest.mark.parametrize("broken", ["", "nonsense", "aaaaaaaa.", "aaaaaaaa.gAAAAA", "aaaaaaaa.é"])
def test_anything_else_is_a_broken_seal(broken: str) -> None:
    with pytest.raises(seal.BrokenSeal):
        seal.unseal("payload", broken)


def test_keys_rotate_without_losing_what_they_made(settings: Settings) -> None:
    settings.ROOT_KEYS = ["an older key"]
    sealed, code = seal.seal("payload", {"a": 1}), seal.mac("code", "1", "123456")
    settings.ROOT_KEYS = ["the newest key", "an older key"]
    assert seal.unseal("payload", sealed) == {"a": 1}
    assert seal.mac_matches(code, "code", "1", "123456")
    assert seal.mac("code", "1", "123456") != code
    settings.ROOT_KEYS = ["the newest key"]
    assert not seal.mac_matches(code, "code", "1", "123456")


@pytest.mark.parametrize(
    ("purpose", "parts"),
    [
        ("code", ("1", "123457")),
        ("code", ("2", "123456")),
        ("number", ("1", "123456")),
        ("code", ("11", "23456")),
    ],
)
def test_a_mac_holds_for_exactly_these_parts(purpose: str, parts: tuple[str, ...]) -> None:
    assert not seal.mac_matches(seal.mac("code", "1", "123456"), purpose, *parts)


def test_numbers_have_their_digits_and_depend_on_every_part() -> None:
    made = {seal.number("push", 6, "challenge", str(n)) for n in range(50)}
    assert all(len(number) == 6 and number.isdigit() for number in made)
    assert len(made) > 45
    assert seal.number("push", 3, "a", "b") == seal.number("push", 3, "a", "b")


def test_every_value_names_its_key_without_telling_it() -> None:
    assert seal.mac("code", "1").startswith(seal.key_id("the newest key") + ".")
    assert "newest" not in seal.seal("payload", {"a": 1})
