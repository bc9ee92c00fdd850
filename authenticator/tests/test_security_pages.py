"""The signed-in pages. Sessions belong to accounts, so here a request simply carries the facts of one."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from authenticator.models import PairingCode
from authenticator.tests.helpers import SESSION, answered, paired, queued, row
from authenticator.tests.signer import Phone
from authenticator.views import security
from authenticator.words import words_of
from mfa.services import enrolment
from mfaproject.lib import clock as time
from mfaproject.lib.testing import FrozenClock

ADD = "/security/authenticators/add/"


@dataclass
class Facts:
    """A session of accounts, as far as these pages look at it."""

    user: Any
    proof: str = "strong"
    needs_strong: bool = False
    browser: str = "k" * 22
    public_id: str = SESSION
    proven_at: datetime | None = None

    def __post_init__(self) -> None:
        self.user_id, self.epoch = self.user.pk, self.user.auth_epoch
        self.proven_at = self.proven_at or time.now()


def request(session: Facts, method: str = "get", **data: str) -> HttpRequest:
    made: HttpRequest = getattr(RequestFactory(), method)(ADD, data)
    made.session = session  # type: ignore[assignment]
    made.user = session.user
    made._messages = CookieStorage(made)  # type: ignore[attr-defined]
    return made


def page(answer: HttpResponse) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def said(made: HttpRequest) -> list[str]:
    return [str(message) for message in get_messages(made)]


def link_on(text: str) -> str:
    found = re.search(r'<a[^>]*data-pair-link[^>]*href="([^"]+)"', text)
    assert found is not None
    return found[1]


def first_submit(text: str) -> str:
    main = text[text.index("<main") :]
    found = re.search(r'<button type="submit"[^>]*>', main)
    assert found is not None
    return found[0]


@pytest.fixture
def me(alice: Any) -> Facts:
    return Facts(alice)


# Adding


def test_the_page_shows_a_code_and_a_link(me: Facts) -> None:
    text = page(security.add(request(me)))
    url = link_on(text)
    assert re.fullmatch(re.escape(settings.AUTHENTICATOR_ORIGIN) + r"/authenticator/pair/#[A-Za-z0-9_-]{43}", url)
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
    assert re.fullmatch(r'<svg viewBox="0 0 \d+ \d+"><path stroke="#15181c" d="[Mmhv0-9 .-]+"/></svg>', picture)


def test_this_browser_is_offered_second_and_is_tied(me: Facts) -> None:
    text = page(security.add(request(me)))
    assert text.index("data-pair-link") < text.index("Use this browser instead")
    here = page(security.add(request(me, "post")))
    assert link_on(here) in here
    assert PairingCode.objects.latest("pk").tied_browser == "k" * 22


def test_an_unknown_browser_cannot_be_its_own_authenticator(alice: Any) -> None:
    nowhere = Facts(alice, browser="")
    assert "Use this browser instead" not in page(security.add(request(nowhere)))
    security.add(request(nowhere, "post"))
    assert set(PairingCode.objects.values_list("tied_browser", flat=True)) == {""}


@pytest.mark.parametrize(
    ("proof", "needs_strong", "comes_in"),
    [("password", False, False), ("weak", False, True), ("weak", True, False), ("strong", True, True), ("enrol", False, True), ("", False, False)],
)
def test_adding_asks_for_proof_first(alice: Any, proof: str, needs_strong: bool, comes_in: bool) -> None:
    answer = security.add(request(Facts(alice, proof=proof, needs_strong=needs_strong)))
    assert answer.status_code == (200 if comes_in else 302)
    assert PairingCode.objects.exists() is comes_in
    if not comes_in:
        assert answer["Location"] == reverse("accounts:prove") + "?next=%2Fsecurity%2Fauthenticators%2Fadd%2F"


def test_an_old_proof_is_asked_for_again(me: Facts, clock: FrozenClock) -> None:
    clock.forward(minutes=10)
    assert security.add(request(me))["Location"].startswith(reverse("accounts:prove"))


@pytest.mark.parametrize("path", ["add/", "state/", "confirm/", "done/", "x" * 22 + "/", "x" * 22 + "/revoke/"])
def test_nobody_is_sent_to_the_login_page(db: None, path: str) -> None:
    answer: Any = Client().get("/security/authenticators/" + path)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, reverse("accounts:login"))


def test_reloading_makes_codes_until_the_network_has_to_wait(me: Facts) -> None:
    for _ in range(20):
        page(security.add(request(me)))
    answer = security.add(request(me))
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) >= 1
    assert "Many codes" in answer.content.decode()


# Waiting


def state(me: Facts) -> dict[str, str]:
    found: dict[str, str] = json.loads(security.state(request(me)).content)
    return found


def test_the_page_learns_when_the_phone_has_answered(me: Facts, alice: Any, clock: FrozenClock) -> None:
    assert state(me) == {"state": "over", "words": "This code has run out."}
    security.add(request(me))
    assert state(me) == {"state": "waiting", "words": "Waiting for your phone. The code works once, for 5 more minutes."}
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
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Function\(", source)


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


@pytest.mark.parametrize("case", ["enrolment link", "staff without strong proof"])
def test_who_is_held_here_ends_by_signing_in_again(alice: Any, case: str) -> None:
    alice.is_staff = True
    alice.save()
    held = Facts(alice, proof="enrol" if case == "enrolment link" else "weak")
    text = page(security.add(request(held)))
    assert "Not now" not in text
    assert reverse("accounts:logout") in text
    answered(alice)
    answer = security.confirm(request(held, "post", pairing=PairingCode.objects.latest("pk").public_id))
    assert answer["Location"] == reverse("authenticator:done")
    assert reverse("accounts:logout") in page(security.done(request(held)))


def test_an_enrolment_session_cannot_manage_devices(alice: Any, phone: Phone) -> None:
    held = Facts(alice, proof="enrol")
    assert security.manage(request(held), phone.device_id)["Location"].startswith(reverse("accounts:prove"))
    assert security.revoke(request(held, "post"), phone.device_id)["Location"].startswith(reverse("accounts:prove"))
    assert row(phone).revoked_at is None


# Managing


def test_a_device_gets_another_name(me: Facts, phone: Phone) -> None:
    assert 'value="Pixel 8"' in page(security.manage(request(me), phone.device_id))
    made = request(me, "post", name="  Old phone ")
    assert security.manage(made, phone.device_id)["Location"] == reverse("accounts:security")
    assert row(phone).name == "Old phone"
    assert said(made) == ["It is called Old phone now."]


@pytest.mark.parametrize("name", ["", "   ", "x" * 65, "a\u202eb", "a\nb", "a\u2028b"])
def test_a_name_that_one_cannot_see_is_refused_and_kept_in_the_field(me: Facts, phone: Phone, name: str) -> None:
    text = page(security.manage(request(me, "post", name=name), phone.device_id))
    assert 'aria-invalid="true"' in text
    assert row(phone).name == "Pixel 8"


def test_removing_asks_once_more(me: Facts, phone: Phone) -> None:
    assert "Remove Pixel 8?" in page(security.revoke(request(me), phone.device_id))
    assert row(phone).revoked_at is None
    made = request(me, "post")
    assert security.revoke(made, phone.device_id)["Location"] == reverse("accounts:security")
    assert row(phone).revoked_at is not None
    assert said(made) == ["Pixel 8 is removed. Its key opens nothing any more."]


def test_devices_are_managed_by_the_factor_s_number_too(me: Facts, phone: Phone) -> None:
    factor = str(row(phone).factor_id)
    assert "Pixel 8" in page(security.manage(request(me), factor))
    assert reverse("authenticator:manage", args=[factor]) == f"/security/authenticators/{factor}/"


@pytest.mark.parametrize("view", [security.manage, security.revoke])
def test_somebody_else_s_device_is_not_found(bob: Any, phone: Phone, view: Any) -> None:
    his = Facts(bob, public_id="b" * 22)
    for method in ("get", "post"):
        with pytest.raises(Http404):
            view(request(his, method, name="Mine"), phone.device_id)


def test_managing_asks_for_proof_first(alice: Any, phone: Phone) -> None:
    weak = Facts(alice, proof="weak", needs_strong=True)
    assert security.manage(request(weak, "post", name="Mine"), phone.device_id)["Location"].startswith(reverse("accounts:prove"))
    assert security.revoke(request(weak, "post"), phone.device_id)["Location"].startswith(reverse("accounts:prove"))
    assert (row(phone).name, row(phone).revoked_at) == ("Pixel 8", None)


def test_a_removed_device_can_be_paired_again(me: Facts, alice: Any, phone: Phone) -> None:
    security.revoke(request(me, "post"), phone.device_id)
    assert paired(alice, name="Pixel 8").device_id != phone.device_id
    assert len(enrolment.factors(alice.pk)) == 1
