"""From the QR code to a device that counts."""

import json
from typing import Any

import pytest
from django.conf import settings

from authenticator.canonical import canonical
from authenticator.models import Device, PairingCode, PushSubscription
from authenticator.services import pairing
from authenticator.tests.helpers import HOME, INBOX, SESSION, answered, call, link, paired, post, queued, row, visit
from authenticator.tests.signer import WEBPUSH, Phone, key_of
from authenticator.tests.test_vectors import SUITE
from authenticator.visit import Visit
from authenticator.words import words_of
from mfa.services import challenges, enrolment
from mfaproject.lib import clock as time
from mfaproject.lib import seal, tokens
from mfaproject.lib.testing import FrozenClock

PAIR, LOOK = "/v1/authenticator/pair", "/v1/authenticator/pair/look"


def new_phone(**facts: Any) -> Phone:
    return Phone(settings.AUTHENTICATOR_ORIGIN, **facts)


def look(token: str) -> Any:
    return post(LOOK, canonical({"token": token}))


def yes(session: str = SESSION) -> str | None:
    view = pairing.current(session)
    assert view is not None
    return pairing.confirm(view.public_id, session, HOME)


# The link


def test_the_token_is_in_the_fragment_and_only_its_digest_is_kept(alice: Any) -> None:
    begun = pairing.begin(user_id=alice.pk, epoch=alice.auth_epoch, session_id=SESSION)
    address, _, token = begun.url.partition("#")
    assert address == settings.AUTHENTICATOR_ORIGIN + "/authenticator/pair/"
    assert len(token) == 43
    stored = str(PairingCode.objects.values().get())
    assert token not in stored


def test_the_phone_sees_which_account_it_is_before_it_agrees(alice: Any) -> None:
    token = link(alice)
    answer = look(token)
    assert answer.status_code == 200
    assert answer.json() == {
        "account": "Alice Martin",
        "username": "alice",
        "app": settings.APP_NAME,
        "site": settings.PUBLIC_ORIGIN,
        "exp": time.timestamp() + 300,
        "now": time.timestamp(),
    }


def test_looking_does_not_spend_the_token(alice: Any) -> None:
    token = link(alice)
    assert [look(token).status_code for _ in range(3)] == [200, 200, 200]
    assert post(PAIR, new_phone().pair_body(token)).status_code == 201


@pytest.mark.parametrize("case", ["unknown", "late", "spent", "other epoch", "closed account"])
def test_a_link_that_cannot_be_used_gets_one_answer(alice: Any, clock: FrozenClock, case: str) -> None:
    token = link(alice) if case != "unknown" else tokens.new_token()
    match case:
        case "late":
            clock.forward(minutes=5)
        case "spent":
            assert post(PAIR, new_phone().pair_body(token)).status_code == 201
        case "other epoch":
            alice.auth_epoch += 1
            alice.save()
        case "closed account":
            alice.is_active = False
            alice.save()
    before = Device.objects.count()
    for answer in (look(token), post(PAIR, new_phone().pair_body(token))):
        assert (answer.status_code, answer.json()["code"]) == (410, "expired")
    assert Device.objects.count() == before


@pytest.mark.parametrize(
    "body", [b"{}", b'{"token":null}', b'{"token":"short"}', b'{"token": "x"}', b"[]", b'{"extra":1,"token":"' + b"t" * 43 + b'"}']
)
def test_a_question_about_a_link_has_one_form(body: bytes, db: None) -> None:
    answer = post(LOOK, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


# The phone's side


def test_the_phone_learns_its_id_and_the_account_s_handle(alice: Any) -> None:
    answer = post(PAIR, new_phone().pair_body(link(alice)))
    assert answer.status_code == 201
    device = Device.objects.get()
    assert answer.json() == {"device_id": device.public_id, "user": alice.handle, "now": time.timestamp()}


def test_what_the_phone_says_is_kept(alice: Any) -> None:
    phone = new_phone(name="Alice’s phone 📱")
    agent = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Mobile Safari/537.36"
    post(PAIR, phone.pair_body(link(alice)), headers={"user-agent": agent})
    device = Device.objects.get()
    assert (device.name, device.key, device.thumbprint) == ("Alice’s phone 📱", phone.public, phone.public.thumbprint)
    assert "Chrome" in device.browser_label
    assert "Android" in device.browser_label
    assert (device.added_by, device.user_id, device.confirmed_at) == (SESSION, alice.pk, None)


def test_a_subscription_is_kept_sealed_to_its_device(alice: Any) -> None:
    phone = answered(alice, sub=WEBPUSH)
    kept = PushSubscription.objects.get()
    assert kept.kind == "webpush"
    assert "push.example" not in kept.sealed
    assert seal.unseal("subscription", kept.sealed, device=row(phone).pk)["text"] == WEBPUSH
    with pytest.raises(seal.BrokenSeal):
        seal.unseal("subscription", kept.sealed, device=row(phone).pk + 1)


def test_a_token_pairs_once(alice: Any) -> None:
    token = link(alice)
    assert post(PAIR, new_phone().pair_body(token)).status_code == 201
    assert post(PAIR, new_phone().pair_body(token)).status_code == 410
    assert Device.objects.count() == len(enrolled(alice)) == 1


def enrolled(user: Any) -> list[Any]:
    return list(user.mfa_factors.all())


@pytest.mark.parametrize(
    ("field", "forged"), [("aud", "https://evil.example"), ("token", "t" * 43), ("key", "k" * 43), ("name", "Other"), ("sub", "s" * 43), ("iat", 1)]
)
def test_each_signed_field_wrong_alone_is_refused_and_the_token_lives(alice: Any, field: str, forged: str | int) -> None:
    token, phone = link(alice), new_phone()
    answer = post(PAIR, phone.pair_body(token, forged={field: forged}))
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert post(PAIR, phone.pair_body(token)).status_code == 201


def test_a_wrong_clock_is_told_the_time_and_the_token_lives(alice: Any) -> None:
    token, phone = link(alice), new_phone()
    answer = post(PAIR, phone.pair_body(token, iat=time.timestamp() + 61))
    assert (answer.status_code, answer.json()["code"], answer.json()["now"]) == (401, "clock_skew", time.timestamp())
    assert post(PAIR, phone.pair_body(token)).status_code == 201


@pytest.mark.parametrize("name", ["phone", "next", "mallory"])
def test_the_keys_of_the_vectors_cannot_pair_here(alice: Any, name: str) -> None:
    known = new_phone(key=key_of(SUITE["keys"][name]))
    answer = post(PAIR, known.pair_body(link(alice)))
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert not Device.objects.exists()


def test_an_authorization_header_is_ignored_when_pairing(alice: Any) -> None:
    answer = post(PAIR, new_phone().pair_body(link(alice)), headers={"authorization": "Bearer whatever"})
    assert answer.status_code == 201


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
    assert (view.state, view.device_name, view.browser, view.place) == ("answered", "Pixel 8", "Chrome on Android", HOME)
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
def test_the_question_cannot_be_answered_any_more(alice: Any, clock: FrozenClock, case: str) -> None:
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
    """Another phone that answers meanwhile changes nothing: the yes names the pairing that was on the screen."""
    mine = answered(alice, name="Mine")
    shown = pairing.current(SESSION)
    strange = answered(alice, name="Strange")
    assert shown is not None
    assert pairing.confirm(shown.public_id, SESSION, HOME) == "Mine"
    assert row(mine).confirmed_at is not None
    assert row(strange).confirmed_at is None


def test_an_answer_is_shown_before_a_newer_code(alice: Any) -> None:
    """Reloading the page makes another code; the phone that took the first one still gets its question."""
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


# Bad input


@pytest.mark.parametrize("field", ["iat", "name", "sig", "sub", "token", "x", "y"])
@pytest.mark.parametrize("value", [True, 1.5, -1, [], {}, "", "\x00", 10**20])
def test_wrong_types_and_values_never_get_through(alice: Any, field: str, value: object) -> None:
    got = json.loads(new_phone().pair_body(link(alice)))
    raw = json.dumps(got | {field: value}, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert post(PAIR, raw).status_code in (400, 401)


def test_pairing_is_limited_by_network(alice: Any) -> None:
    statuses = [look(tokens.new_token()).status_code for _ in range(21)]
    assert statuses == [410] * 20 + [429]
    limited = look(tokens.new_token())
    assert limited.json()["code"] == "rate_limited"
    assert 1 <= int(limited["Retry-After"]) <= 60
    assert post(LOOK, canonical({"token": tokens.new_token()}), REMOTE_ADDR="198.51.100.7").status_code == 410


def test_completing_leaves_nothing_behind_when_the_token_is_lost_in_a_race(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both requests found the token waiting; the second one's UPDATE finds it spent, and takes its device back."""
    token = link(alice)
    found = pairing._waiting(token, time.now())
    assert post(PAIR, new_phone().pair_body(token)).status_code == 201
    monkeypatch.setattr(pairing, "_waiting", lambda *_: found)
    assert pairing.complete(new_phone().pair_body(token), visit()) is None
    assert Device.objects.count() == len(enrolled(alice)) == 1
