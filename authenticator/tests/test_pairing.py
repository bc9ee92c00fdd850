"""From the QR code to a device that waits for its question."""

import json
from typing import Any

import pytest
from django.conf import settings

from authenticator.canonical import canonical
from authenticator.models import Device, PairingCode, PushSubscription
from authenticator.services import pairing
from authenticator.tests.helpers import SESSION, answered, link, new_phone, post, row, visit
from authenticator.tests.signer import WEBPUSH, key_of
from authenticator.tests.test_vectors import SUITE
from mfaproject.lib import clock as time
from mfaproject.lib import seal, tokens
from mfaproject.lib.testing import FrozenClock

PAIR, LOOK = "/v1/authenticator/pair", "/v1/authenticator/pair/look"


def look(token: str) -> Any:
    return post(LOOK, canonical({"token": token}))


def enrolled(user: Any) -> list[Any]:
    return list(user.mfa_factors.all())


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
def test_a_link_that_cannot_be_used_gets_one_answer(
    alice: Any, clock: FrozenClock, case: str
) -> None:
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
    "body",
    [
        b"{}",
        b'{"token":null}',
        b'{"token":"short"}',
        b'{"token": "x"}',
        b"[]",
        b'{"extra":1,"token":"' + b"t" * 43 + b'"}',
    ],
)
def test_a_question_about_a_link_has_one_form(body: bytes, db: None) -> None:
    answer = post(LOOK, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def spellings(body: bytes) -> dict[str, bytes]:
    """The same values as other writers of JSON put them."""
    got = json.loads(body)
    backwards = dict(reversed(got.items()))
    return {
        "with spaces": json.dumps(got).encode(),
        "indented": json.dumps(got, indent=2).encode(),
        "in another order": json.dumps(backwards, separators=(",", ":")).encode(),
        "escaped": body.replace(b'"token"', b'"\\u0074oken"'),
        "with a line end": body + b"\n",
    }


@pytest.mark.parametrize("how", spellings(b"{}"))
def test_where_nobody_signs_the_bytes_any_writer_of_json_will_do(alice: Any, how: str) -> None:
    """Both calls come before a phone has anything to sign a request with: any
    client's JSON must get through."""
    token = link(alice)
    assert post(LOOK, spellings(canonical({"token": token}))[how]).status_code == 200
    assert (
        post(PAIR, spellings(new_phone(name="Alice’s phone 📱").pair_body(token))[how]).status_code
        == 201
    )


@pytest.mark.parametrize(
    "broken",
    [
        b'{"token":"%s","token":"%s"}',
        b'[{"token":"%s"}]',
        b'{"token":["%s"]}',
        b'{"token":{"token":"%s"}}',
        b'{"token":"%s","x":1.0}',
        b'{"token":"%s","x":true}',
        b'{"token":"%s","x":NaN}',
        b'{"token":"%s","x":"\\ud800"}',
        b'\xef\xbb\xbf{"token":"%s"}',
        b'{"token":"%s"} {}',
        b"{'token':'%s'}",
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_as_ever(alice: Any, broken: bytes) -> None:
    token = link(alice)
    answer = post(LOOK, broken.replace(b"%s", token.encode()))
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


# The phone's side


def test_the_phone_learns_its_id_and_the_account_s_handle(alice: Any) -> None:
    answer = post(PAIR, new_phone().pair_body(link(alice)))
    assert answer.status_code == 201
    device = Device.objects.get()
    assert answer.json() == {
        "device_id": device.public_id,
        "user": alice.handle,
        "now": time.timestamp(),
    }


def test_what_the_phone_says_is_kept(alice: Any) -> None:
    phone = new_phone(name="Alice’s phone 📱")
    agent = (
        "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
        " Chrome/145.0.0.0 Mobile Safari/537.36"
    )
    post(PAIR, phone.pair_body(link(alice)), headers={"user-agent": agent})
    device = Device.objects.get()
    assert (device.name, device.key, device.thumbprint) == (
        "Alice’s phone 📱",
        phone.public,
        phone.public.thumbprint,
    )
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


@pytest.mark.parametrize(
    ("field", "forged"),
    [
        ("aud", "https://evil.example"),
        ("token", "t" * 43),
        ("key", "k" * 43),
        ("name", "Other"),
        ("sub", "s" * 43),
        ("iat", 1),
    ],
)
def test_each_signed_field_wrong_alone_is_refused_and_the_token_lives(
    alice: Any, field: str, forged: str | int
) -> None:
    token, phone = link(alice), new_phone()
    answer = post(PAIR, phone.pair_body(token, forged={field: forged}))
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert post(PAIR, phone.pair_body(token)).status_code == 201


def test_a_wrong_clock_is_told_the_time_and_the_token_lives(alice: Any) -> None:
    token, phone = link(alice), new_phone()
    answer = post(PAIR, phone.pair_body(token, iat=time.timestamp() + 61))
    assert (answer.status_code, answer.json()["code"], answer.json()["now"]) == (
        401,
        "clock_skew",
        time.timestamp(),
    )
    assert post(PAIR, phone.pair_body(token)).status_code == 201


@pytest.mark.parametrize("name", ["phone", "next", "mallory"])
def test_the_keys_of_the_vectors_cannot_pair_here(alice: Any, name: str) -> None:
    known = new_phone(key=key_of(SUITE["keys"][name]))
    answer = post(PAIR, known.pair_body(link(alice)))
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert not Device.objects.exists()


def test_an_authorization_header_is_ignored_when_pairing(alice: Any) -> None:
    answer = post(
        PAIR, new_phone().pair_body(link(alice)), headers={"authorization": "Bearer whatever"}
    )
    assert answer.status_code == 201


# Bad input


@pytest.mark.parametrize("field", ["iat", "name", "sig", "sub", "token", "x", "y"])
@pytest.mark.parametrize("value", [True, 1.5, -1, [], {}, "", "\x00", 10**20])
def test_wrong_types_and_values_never_get_through(alice: Any, field: str, value: object) -> None:
    got = json.loads(new_phone().pair_body(link(alice)))
    raw = json.dumps(
        got | {field: value}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()
    assert post(PAIR, raw).status_code in (400, 401)


def test_pairing_is_limited_by_network(alice: Any) -> None:
    statuses = [look(tokens.new_token()).status_code for _ in range(21)]
    assert statuses == [410] * 20 + [429]
    limited = look(tokens.new_token())
    assert limited.json()["code"] == "rate_limited"
    assert 1 <= int(limited["Retry-After"]) <= 60
    assert (
        post(LOOK, canonical({"token": tokens.new_token()}), REMOTE_ADDR="198.51.100.7").status_code
        == 410
    )


def test_a_live_link_is_heard_while_strangers_of_its_network_wait(alice: Any) -> None:
    token = link(alice)
    for _ in range(21):
        last = look(tokens.new_token())
    assert last.status_code == 429
    assert look(token).status_code == 200
    assert post(PAIR, new_phone().pair_body(token)).status_code == 201
    assert look(token).status_code == 429, "it is spent, and so one of theirs"


def test_a_live_link_has_a_limit_of_its_own(alice: Any) -> None:
    token, other = link(alice), link(alice)
    assert [look(token).status_code for _ in range(21)] == [200] * 20 + [429]
    assert post(PAIR, new_phone().pair_body(token)).status_code == 429
    assert look(other).status_code == 200
    assert look(tokens.new_token()).status_code == 410


def test_completing_leaves_nothing_behind_when_the_token_is_lost_in_a_race(
    alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both requests found the token waiting; the second one's UPDATE finds it
    spent, and takes its device back."""
    token = link(alice)
    found = pairing._waiting(token, time.now())
    assert post(PAIR, new_phone().pair_body(token)).status_code == 201
    monkeypatch.setattr(pairing, "_waiting", lambda *_: found)
    assert pairing.complete(new_phone().pair_body(token), visit()) is None
    assert Device.objects.count() == len(enrolled(alice)) == 1
