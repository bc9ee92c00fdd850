"""A device counts when its owner has said so, and not before."""

from typing import Any

import pytest

from authenticator.context import Visit
from authenticator.models import PairingCode, PushSubscription
from authenticator.services import pairing
from authenticator.tests.helpers import (
    HOME,
    INBOX,
    SESSION,
    answered,
    call,
    link,
    new_phone,
    paired,
    post,
    queued,
    row,
)
from authenticator.tests.signer import WEBPUSH
from authenticator.words import words_of
from mfa.services import challenges, enrolment
from mfaproject.lib import clock as time
from mfaproject.lib.testing import FrozenClock

PAIR = "/v1/authenticator/pair"


def yes(session: str = SESSION) -> str | None:
    view = pairing.current(session)
    assert view is not None
    return pairing.confirm(view.public_id, session, HOME)


# Is this yours?


def test_a_device_does_not_count_before_somebody_says_that_it_is_theirs(alice: Any) -> None:
    phone = answered(alice)
    assert enrolment.factors(alice.pk) == []
    assert not challenges.has_strong(alice.pk)
    refused: Any = call(phone, "POST", INBOX, b"{}")
    assert refused.status_code == 401
    assert yes() == "Pixel 8"
    assert [factor.label for factor in enrolment.factors(alice.pk)] == ["Pixel 8"]
    assert challenges.has_strong(alice.pk)
    heard: Any = call(phone, "POST", INBOX, b"{}")
    assert heard.status_code == 200


def test_the_first_screen_shows_name_words_browser_and_address(alice: Any) -> None:
    phone = answered(alice)
    view = pairing.current(SESSION)
    assert view is not None
    assert (view.state, view.device_name, view.browser, view.place) == (
        "answered",
        "Pixel 8",
        "Chrome on Android",
        HOME,
    )
    assert view.words == words_of(phone.public.thumbprint)


def test_the_place_is_shown_where_it_is_known(alice: Any) -> None:
    body = new_phone().pair_body(link(alice))
    pairing.complete(body, Visit(HOME, "Chrome on Android", "Lyon, France", time.now()))
    view = pairing.current(SESSION)
    assert view is not None
    assert view.place == "Lyon, France"


def test_the_address_is_sealed_and_goes_with_the_answer(alice: Any) -> None:
    answered(alice)
    assert HOME not in PairingCode.objects.get().sealed_address
    yes()
    assert PairingCode.objects.get().sealed_address == ""


def test_a_yes_mails_the_owner(alice: Any) -> None:
    answered(alice)
    assert queued("factor_changed") == 0
    yes()
    assert queued("factor_changed") == 1


def test_a_no_ends_the_device_for_good(alice: Any) -> None:
    phone = answered(alice, sub=WEBPUSH)
    view = pairing.current(SESSION)
    assert view is not None
    assert pairing.refuse(view.public_id, SESSION)
    assert not pairing.refuse(view.public_id, SESSION)
    assert pairing.confirm(view.public_id, SESSION, HOME) is None
    assert row(phone).revoked_at is not None
    assert enrolment.factors(alice.pk) == []
    assert not PushSubscription.objects.exists()


def test_a_yes_counts_once(alice: Any) -> None:
    answered(alice)
    view = pairing.current(SESSION)
    assert view is not None
    assert pairing.confirm(view.public_id, SESSION, HOME)
    assert pairing.confirm(view.public_id, SESSION, HOME) is None
    assert not pairing.refuse(view.public_id, SESSION)
    assert queued("factor_changed") == 1


def test_another_session_cannot_answer_the_question(alice: Any, bob: Any) -> None:
    phone = answered(alice)
    view = pairing.current(SESSION)
    assert view is not None
    assert pairing.current("b" * 22) is None
    assert pairing.confirm(view.public_id, "b" * 22, HOME) is None
    assert not pairing.refuse(view.public_id, "b" * 22)
    assert row(phone).confirmed_at is None


@pytest.mark.parametrize("case", ["late", "other epoch", "closed account"])
def test_the_question_cannot_be_answered_any_more(
    alice: Any, clock: FrozenClock, case: str
) -> None:
    phone = answered(alice)
    view = pairing.current(SESSION)
    assert view is not None
    match case:
        case "late":
            clock.forward(minutes=5)
        case "other epoch":
            alice.auth_epoch += 1
            alice.save()
        case "closed account":
            alice.is_active = False
            alice.save()
    assert pairing.current(SESSION) is None, (
        "a page that asked what nobody can answer would ask it for ever"
    )
    assert pairing.confirm(view.public_id, SESSION, HOME) is None
    assert row(phone).confirmed_at is None
    assert queued("factor_changed") == 0


def test_the_question_has_five_minutes_of_its_own(alice: Any, clock: FrozenClock) -> None:
    token = link(alice)
    clock.forward(minutes=4, seconds=59)
    assert post(PAIR, new_phone().pair_body(token)).status_code == 201
    clock.forward(minutes=4, seconds=59)
    assert yes() == "Pixel 8"


def test_what_was_shown_is_what_is_confirmed(alice: Any) -> None:
    """Another phone that answers meanwhile changes nothing: the yes names the
    pairing that was on the screen."""
    mine = answered(alice, name="Mine")
    shown = pairing.current(SESSION)
    strange = answered(alice, name="Strange")
    assert shown is not None
    assert pairing.confirm(shown.public_id, SESSION, HOME) == "Mine"
    assert row(mine).confirmed_at is not None
    assert row(strange).confirmed_at is None


def test_an_answer_is_shown_before_a_newer_code(alice: Any) -> None:
    """Reloading the page makes another code; the phone that took the first one
    still gets its question."""
    answered(alice)
    link(alice)
    view = pairing.current(SESSION)
    assert view is not None
    assert view.state == "answered"


def test_a_browser_that_is_its_own_authenticator_is_tied(alice: Any) -> None:
    paired(alice, tied_browser="k" * 22)
    [factor] = enrolment.factors(alice.pk)
    assert factor.tied_browser == "k" * 22
    assert factor.added_by == SESSION


def test_one_person_may_have_several(alice: Any) -> None:
    paired(alice, name="Pixel 8")
    paired(alice, name="iPad")
    assert [factor.label for factor in enrolment.factors(alice.pk)] == ["Pixel 8", "iPad"]
