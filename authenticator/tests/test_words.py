"""The two words beside "is this yours?"."""

import re
from itertools import combinations
from pathlib import Path

from django.conf import settings

from authenticator.tests.signer import new_key, public
from authenticator.words import WORDS, words_of

IN_THE_BROWSER = Path(settings.BASE_DIR) / "static" / "authenticator" / "protocol" / "words.js"


def one_slip_apart(left: str, right: str) -> bool:
    """Whether one letter changed, left out or added makes one of the other."""
    if abs(len(left) - len(right)) > 1:
        return False
    same = next(
        (at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b),
        min(len(left), len(right)),
    )
    rests = (
        (left[same + 1 :], right[same + 1 :]),
        (left[same:], right[same + 1 :]),
        (left[same + 1 :], right[same:]),
    )
    return any(a == b for a, b in rests)


def test_there_is_one_word_for_each_byte() -> None:
    assert len(WORDS) == len(set(WORDS)) == 256


def test_words_are_short_and_plain() -> None:
    assert all(re.fullmatch(r"[a-z]{3,7}", word) for word in WORDS)


def test_no_two_words_are_easily_taken_for_each_other() -> None:
    assert len({word[:3] for word in WORDS}) == 256
    assert [pair for pair in combinations(WORDS, 2) if one_slip_apart(*pair)] == []


def test_the_authenticator_carries_the_same_list() -> None:
    found = re.search(r"WORDS = `([a-z\s]+)`", IN_THE_BROWSER.read_text())
    assert found is not None
    assert tuple(found[1].split()) == WORDS


def test_the_first_two_bytes_of_the_thumbprint_pick_the_words() -> None:
    assert words_of("PJOLpZpmdLoSLs05oRNBsfkKZ8pPJR_sX1SsiCJ6LgU") == (WORDS[0x3C], WORDS[0x93])
    assert words_of("A" * 43) == (WORDS[0], WORDS[0])
    assert words_of("__8" + "A" * 40) == (WORDS[255], WORDS[255])


def test_different_keys_mostly_have_different_words() -> None:
    assert len({words_of(public(new_key()).thumbprint) for _ in range(20)}) > 15
