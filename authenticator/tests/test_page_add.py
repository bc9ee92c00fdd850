"""The page with the code, and the wait for the phone."""

import json
import re
from copy import copy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from authenticator.models import PairingCode
from authenticator.tests.helpers import SESSION, answered
from authenticator.tests.pages import Facts, link_on, page, request
from authenticator.views import security
from mfaproject.lib.testing import FrozenClock

# Adding


def test_the_page_shows_a_code_and_a_link(me: Facts) -> None:
    text = page(security.add(request(me)))
    url = link_on(text)
    assert re.fullmatch(
        re.escape(settings.AUTHENTICATOR_ORIGIN) + r"/authenticator/pair/#[A-Za-z0-9_-]{43}", url
    )
    assert "<svg" in text
    assert "style=" not in text
    assert PairingCode.objects.get().session == SESSION


def test_the_token_is_in_no_address_that_a_server_sees(me: Facts) -> None:
    text = page(security.add(request(me)))
    token = link_on(text).partition("#")[2]
    addresses = re.findall(r'(?:href|src|action|data-[a-z]+)="([^"]*)"', text)
    assert all(token not in address.partition("#")[0] for address in addresses)


def test_the_drawing_is_the_link() -> None:
    """Drawn as squares only: the link is in the picture, not in its text."""
    picture = security.drawing("https://auth.example/authenticator/pair/#" + "t" * 43)
    assert re.fullmatch(
        r'<svg viewBox="0 0 \d+ \d+"><path stroke="#15181c" d="[Mmhv0-9 .-]+"/></svg>', picture
    )


def test_this_browser_is_offered_second_and_is_tied(me: Facts) -> None:
    text = page(security.add(request(me)))
    assert text.index("data-pair-link") < text.index("Use this browser instead")
    here = page(security.add(request(me, "post")))
    assert link_on(here) in here
    assert PairingCode.objects.latest("pk").tied_browser == "k" * 22


def test_an_unknown_browser_cannot_be_its_own_authenticator(alice: Any) -> None:
    nowhere = Facts(alice, browser="")
    assert "Use this browser instead" not in page(security.add(request(nowhere)))
    assert "Point your phone" in page(security.add(request(nowhere, "post")))
    assert set(PairingCode.objects.values_list("tied_browser", flat=True)) == {""}


@pytest.mark.parametrize(
    ("proof", "needs_strong", "comes_in"),
    [
        ("password", False, False),
        ("weak", False, True),
        ("weak", True, False),
        ("strong", True, True),
        ("enrol", False, True),
        ("", False, False),
    ],
)
def test_adding_asks_for_proof_first(
    alice: Any, proof: str, needs_strong: bool, comes_in: bool
) -> None:
    answer = security.add(request(Facts(alice, proof=proof, needs_strong=needs_strong)))
    assert answer.status_code == (200 if comes_in else 302)
    assert PairingCode.objects.exists() is comes_in
    if not comes_in:
        assert (
            answer["Location"]
            == reverse("accounts:prove") + "?next=%2Fsecurity%2Fauthenticators%2Fadd%2F"
        )


def test_an_old_proof_is_asked_for_again(me: Facts, clock: FrozenClock) -> None:
    clock.forward(minutes=10)
    assert security.add(request(me))["Location"].startswith(reverse("accounts:prove"))


@pytest.mark.parametrize(
    "path", ["add/", "state/", "confirm/", "done/", "x" * 22 + "/", "x" * 22 + "/revoke/"]
)
def test_nobody_is_sent_to_the_login_page(db: None, path: str) -> None:
    answer: Any = Client().get("/security/authenticators/" + path)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (
        302,
        reverse("accounts:login"),
    )


def test_reloading_makes_codes_until_this_session_has_to_wait(me: Facts) -> None:
    for _ in range(20):
        page(security.add(request(me)))
    other = copy(me)
    other.public_id = "o" * 22
    page(security.add(request(other)))
    answer = security.add(request(me))
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) >= 1
    assert "Many codes" in answer.content.decode()


# Waiting


def state(me: Facts) -> dict[str, str]:
    found: dict[str, str] = json.loads(security.state(request(me)).content)
    return found


def test_the_page_learns_when_the_phone_has_answered(
    me: Facts, alice: Any, clock: FrozenClock
) -> None:
    assert state(me) == {"state": "over", "words": "This code has run out."}
    security.add(request(me))
    assert state(me) == {
        "state": "waiting",
        "words": "Waiting for your phone. The code works once, for 5 more minutes.",
    }
    clock.forward(minutes=4, seconds=1)
    assert state(me)["words"] == "Waiting for your phone. The code works once, for one more minute."
    answered(alice)
    assert state(me)["state"] == "answered"


def test_a_code_runs_out(me: Facts, clock: FrozenClock) -> None:
    security.add(request(me))
    clock.forward(minutes=5)
    assert state(me)["state"] == "over"


def test_looking_changes_nothing(me: Facts, alice: Any) -> None:
    answered(alice)
    before = list(PairingCode.objects.values())
    for _ in range(3):
        state(me)
        page(security.confirm(request(me)))
    assert list(PairingCode.objects.values()) == before


def test_the_page_goes_on_without_javascript(me: Facts, alice: Any) -> None:
    text = page(security.add(request(me)))
    assert f'<a href="{reverse("authenticator:confirm")}">' in text
    assert "has not answered yet" in page(security.confirm(request(me)))
    answered(alice)
    assert "data-confirm-device" in page(security.confirm(request(me)))


def test_reloading_the_code_after_the_answer_leads_to_the_question(me: Facts, alice: Any) -> None:
    answered(alice)
    answer = security.add(request(me))
    assert (answer.status_code, answer["Location"]) == (302, reverse("authenticator:confirm"))


def test_the_script_on_the_page_writes_no_markup() -> None:
    source = (Path(settings.BASE_DIR) / "static" / "js" / "pairing.js").read_text()
    assert source.startswith("// @ts-check")
    assert len(source.splitlines()) < 150
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Function\(", source
    )


def test_the_words_fit_what_is_waited_for(me: Facts) -> None:
    assert "Waiting for the other tab" in page(security.add(request(me, "post")))
    assert "Waiting for the other tab" in state(me)["words"]
