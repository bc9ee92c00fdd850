"""The question "is this yours?" on the first screen."""

from typing import Any

import pytest
from django.urls import reverse

from authenticator.models import PairingCode
from authenticator.tests.helpers import answered, queued, row
from authenticator.tests.pages import Facts, first_submit, page, request, said
from authenticator.tests.signer import Phone
from authenticator.views import security
from authenticator.words import words_of
from mfa.services import enrolment
from mfaproject.lib.testing import FrozenClock

# The question


def test_the_question_shows_name_words_browser_and_place(me: Facts, alice: Any) -> None:
    phone = answered(alice, name="Pixel <b>8</b>")
    text = page(security.confirm(request(me)))
    assert "Is this yours?" in text
    assert "Pixel &lt;b&gt;8&lt;/b&gt;" in text
    assert " ".join(words_of(phone.public.thumbprint)) in text
    assert "Chrome on Android" in text
    assert "203.0.113.9" in text
    assert "data-confirm-device" in first_submit(text)


def test_a_yes_adds_the_device(me: Facts, alice: Any) -> None:
    answered(alice)
    made = request(me, "post", pairing=PairingCode.objects.get().public_id)
    answer = security.confirm(made)
    assert (answer.status_code, answer["Location"]) == (302, reverse("accounts:security"))
    assert said(made) == ["Pixel 8 can approve your sign-ins from now on."]
    assert len(enrolment.factors(alice.pk)) == 1


def test_a_second_yes_gets_a_kind_page_and_changes_nothing(me: Facts, alice: Any) -> None:
    answered(alice)
    made = {"pairing": PairingCode.objects.get().public_id}
    security.confirm(request(me, "post", **made))
    again = security.confirm(request(me, "post", **made))
    assert (again.status_code, again["Location"]) == (302, reverse("authenticator:confirm"))
    assert "Nothing to confirm" in page(security.confirm(request(me)))
    assert queued("factor_changed") == 1


@pytest.mark.parametrize("handle", ["", "x" * 22, "' OR 1=1"])
def test_a_yes_to_nothing_changes_nothing(me: Facts, alice: Any, handle: str) -> None:
    phone = answered(alice)
    assert security.confirm(request(me, "post", pairing=handle)).status_code == 302
    assert row(phone).confirmed_at is None


def test_a_yes_with_an_old_proof_is_asked_again(me: Facts, alice: Any, clock: FrozenClock) -> None:
    clock.forward(minutes=9)
    phone = answered(alice)
    clock.forward(minutes=2)
    made = request(me, "post", pairing=PairingCode.objects.get().public_id)
    assert security.confirm(made)["Location"].startswith(reverse("accounts:prove"))
    assert row(phone).confirmed_at is None


def test_a_no_needs_no_fresh_proof(me: Facts, alice: Any, clock: FrozenClock) -> None:
    clock.forward(minutes=9)
    phone = answered(alice)
    clock.forward(minutes=2)
    made = request(me, "post", pairing=PairingCode.objects.get().public_id)
    assert security.refuse(made)["Location"] == reverse("accounts:security")
    assert row(phone).revoked_at is not None
    assert said(made) == ["Removed. That device never could approve anything."]


def test_somebody_else_s_yes_and_no_are_not_heard(bob: Any, alice: Any) -> None:
    phone = answered(alice)
    handle = PairingCode.objects.get().public_id
    his = Facts(bob, public_id="b" * 22)
    security.confirm(request(his, "post", pairing=handle))
    security.refuse(request(his, "post", pairing=handle))
    assert (row(phone).confirmed_at, row(phone).revoked_at) == (None, None)


# Enrolment


@pytest.mark.parametrize("proof", ["enrol", "weak"])
def test_who_is_held_here_ends_by_signing_in_again(alice: Any, proof: str) -> None:
    confined = Facts(alice, proof=proof, is_confined=True)
    text = page(security.add(request(confined)))
    assert "Not now" not in text
    assert reverse("accounts:logout") in text
    answered(alice)
    answer = security.confirm(
        request(confined, "post", pairing=PairingCode.objects.latest("pk").public_id)
    )
    assert answer["Location"] == reverse("authenticator:done")
    assert reverse("accounts:logout") in page(security.done(request(confined)))


def test_an_enrolment_session_cannot_manage_devices(alice: Any, phone: Phone) -> None:
    confined = Facts(alice, proof="enrol", is_confined=True)
    assert security.manage(request(confined), phone.device_id)["Location"].startswith(
        reverse("accounts:prove")
    )
    assert security.revoke(request(confined, "post"), phone.device_id)["Location"].startswith(
        reverse("accounts:prove")
    )
    assert row(phone).revoked_at is None


@pytest.mark.parametrize("name", ["add", "confirm", "refuse", "manage", "revoke"])
def test_no_other_site_can_post_here(name: str) -> None:
    """None of these pages is exempt from Django's CSRF check, which every POST
    of the site goes through."""
    assert not getattr(getattr(security, name), "csrf_exempt", False)


@pytest.mark.parametrize("path", ["state/", "done/"])
def test_pages_that_only_show_take_no_post(me: Facts, path: str) -> None:
    view = {"state/": security.state, "done/": security.done}[path]
    assert view(request(me, "post")).status_code == 405


def test_saying_no_is_a_post(me: Facts) -> None:
    assert security.refuse(request(me)).status_code == 405
