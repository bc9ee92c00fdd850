"""One hash for everybody, no more at once than there are cores, nothing cut off."""

import threading
from unittest import mock

import bcrypt
import pytest

from accounts.services import passwords
from mfaproject.lib.patience import until
from mfaproject.lib.testing import PASSWORD, person

pytestmark = pytest.mark.django_db


def test_nothing_is_cut_off_at_72_bytes() -> None:
    long = "correct horse battery staple " * 4
    alice = person(password=long)
    assert passwords.matches(alice, long)
    assert not passwords.matches(alice, long[:-1])
    assert not passwords.matches(alice, long[:72])


@pytest.mark.parametrize("password", ["🐎🔋📎 and twelve more", "x" * 1024, "pässwörd mit ümlaut"])
def test_long_and_unusual_passwords_work(password: str) -> None:
    assert passwords.matches(person(password=password), password)


def test_the_same_keys_on_two_keyboards_give_the_same_password() -> None:
    alice = person(password=None)
    alice.password = passwords.encode("cafe\u0301 au lait, s'il vous plait")
    assert passwords.matches(alice, "caf\u00e9 au lait, s'il vous plait")


@pytest.mark.parametrize("who", ["nobody", "wrong", "without a password", "right"])
def test_whoever_is_named_one_hash_is_computed(who: str) -> None:
    user = {
        "nobody": None,
        "wrong": person("bob"),
        "without a password": person("mallory", password=None),
        "right": person(),
    }[who]
    passwords.matches(None, "warm up")
    with mock.patch("bcrypt.hashpw", wraps=bcrypt.hashpw) as hashing:
        assert passwords.matches(user, PASSWORD if who != "wrong" else "guess") is (who == "right")
    assert hashing.call_count == 1


def stand_in_line(gate: passwords.HashGate, many: int) -> None:
    until(lambda: gate._first + gate._others == many, lambda: f"not {many} wait")


def test_a_known_browser_goes_first() -> None:
    gate = passwords.HashGate(1)
    order: list[str] = []

    def queue(name: str, known: bool) -> None:
        with gate.slot(known=known):
            order.append(name)

    with gate.slot(known=False):
        threads = [
            threading.Thread(target=queue, args=(name, known))
            for name, known in (("stranger", False), ("known", True))
        ]
        for thread in threads:
            thread.start()
            stand_in_line(gate, threads.index(thread) + 1)
    for thread in threads:
        thread.join()
    assert order == ["known", "stranger"]


def test_after_three_who_are_first_one_of_the_others_goes() -> None:
    gate = passwords.HashGate(1)
    order: list[str] = []

    def queue(name: str) -> None:
        with gate.slot(known=name == "known"):
            order.append(name)

    with gate.slot(known=False):
        threads = [
            threading.Thread(target=queue, args=(name,))
            for name in ["stranger"] * 2 + ["known"] * 8
        ]
        for thread in threads:
            thread.start()
        stand_in_line(gate, len(threads))
    for thread in threads:
        thread.join()
    assert order == [*["known"] * 3, "stranger", *["known"] * 3, "stranger", *["known"] * 2]


def test_who_waits_too_long_is_told_that_we_are_busy() -> None:
    gate = passwords.HashGate(1)
    with (
        mock.patch.object(passwords, "LONGEST_WAIT", 0.05),
        gate.slot(known=True),
        pytest.raises(passwords.Busy),
        gate.slot(known=True),
    ):
        pass
    with gate.slot(known=False):
        pass
