"""The pairing rule: who may change what can prove them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from mfaproject.lib.proof import (
    proof_suffices,
    proof_suffices_to_add,
    recent_proof,
    recent_proof_to_add,
    signed_in,
)
from mfaproject.lib.testing import FrozenClock

NOW = datetime.fromisoformat("2026-03-10T12:00:00+00:00")


@dataclass
class Facts:
    user_id: int | None = 1
    epoch: int | None = 1
    public_id: str = "s" * 22
    browser: str = ""
    proof: str = "strong"
    proven_at: datetime | None = NOW
    needs_strong: bool = True
    is_confined: bool = False


def asked(session: Facts, method: str = "get") -> HttpRequest:
    request: HttpRequest = getattr(RequestFactory(), method)(
        "/security/authenticators/add/?lang=fr"
    )
    request.session = session  # type: ignore[assignment]
    return request


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


@pytest.mark.parametrize(
    ("proof", "needs_strong", "enough"),
    [
        ("strong", True, True),
        ("strong", False, True),
        ("weak", False, True),
        ("weak", True, False),
        ("password", False, False),
        ("password", True, False),
        ("enrol", False, False),
        ("enrol", True, False),
        ("", False, False),
        ("stronger", False, False),
    ],
)
def test_strength(proof: str, needs_strong: bool, enough: bool) -> None:
    assert proof_suffices(proof, NOW, needs_strong=needs_strong, now=NOW) is enough


@pytest.mark.parametrize(
    ("age", "enough"),
    [
        (timedelta(0), True),
        (timedelta(minutes=9, seconds=59), True),
        (timedelta(minutes=10), False),
        (timedelta(days=1), False),
        (timedelta(seconds=-1), False),
    ],
    ids=str,
)
def test_a_proof_is_good_for_ten_minutes(age: timedelta, enough: bool) -> None:
    assert proof_suffices("strong", NOW - age, needs_strong=True, now=NOW) is enough
    assert proof_suffices_to_add("weak", NOW - age, needs_strong=False, now=NOW) is enough


def test_without_a_time_there_is_no_proof() -> None:
    assert not proof_suffices("strong", None, needs_strong=False, now=NOW)
    assert not proof_suffices_to_add("enrol", None, needs_strong=False, now=NOW)


@pytest.mark.parametrize(("minutes", "enough"), [(0, True), (29, True), (30, False)])
def test_an_enrolment_link_may_add_an_authenticator_for_half_an_hour(
    minutes: int, enough: bool
) -> None:
    assert (
        proof_suffices_to_add(
            "enrol", NOW - timedelta(minutes=minutes), needs_strong=False, now=NOW
        )
        is enough
    )


def test_who_has_proved_it_lately_comes_in(clock: FrozenClock) -> None:
    assert recent_proof(page)(asked(Facts())).content == b"in"


@pytest.mark.parametrize("guard", [signed_in, recent_proof, recent_proof_to_add])
def test_nobody_is_sent_to_the_login_page_and_comes_back(guard: type, clock: FrozenClock) -> None:
    answer = guard(page)(
        asked(Facts(user_id=None, epoch=None, public_id="", proof="", proven_at=None))
    )
    assert (answer.status_code, answer["Location"]) == (
        302,
        reverse("accounts:login") + "?next=%2Fsecurity%2Fauthenticators%2Fadd%2F",
    )


@pytest.mark.parametrize("guard", [recent_proof, recent_proof_to_add])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_old_proof_is_asked_for_again_and_comes_back_by_get(
    guard: type, method: str, clock: FrozenClock
) -> None:
    clock.forward(minutes=10)
    answer = guard(page)(asked(Facts(), method))
    assert (answer.status_code, answer["Location"]) == (
        302,
        reverse("accounts:prove") + "?next=%2Fsecurity%2Fauthenticators%2Fadd%2F",
    )


def test_being_signed_in_is_enough_to_say_no(clock: FrozenClock) -> None:
    clock.forward(hours=3)
    assert signed_in(page)(asked(Facts(proof="password"))).content == b"in"


def test_an_enrolment_session_adds_and_does_nothing_else(clock: FrozenClock) -> None:
    enrolling = Facts(proof="enrol", needs_strong=False)
    assert recent_proof_to_add(page)(asked(enrolling)).content == b"in"
    assert recent_proof(page)(asked(enrolling)).status_code == 302
