"""Listing, renaming, revoking, and changing how a device is woken."""

from typing import Any

import pytest

from authenticator.canonical import canonical, parse
from authenticator.models import Device, PushSubscription
from authenticator.services import devices
from authenticator.tests.helpers import HOME, INBOX, answered, call, link, paired, post, queued, row
from authenticator.tests.signer import ENDPOINT, WEBPUSH, Phone, new_key
from mfa.services import challenges, enrolment
from mfaproject.lib import clock as time
from mfaproject.lib import seal
from mfaproject.lib.testing import FrozenClock

PUT = "/v1/authenticator/device"
FCM = canonical({"kind": "fcm-token", "value": "abc:def"}).decode()


def change(phone: Phone, body: bytes) -> tuple[int, str]:
    answer: Any = call(phone, "PUT", PUT, body)
    return answer.status_code, answer.json().get("code", "ok")


def kept() -> str | None:
    subscription = PushSubscription.objects.first()
    return (
        str(seal.unseal("subscription", subscription.sealed, device=subscription.device_id)["text"])
        if subscription
        else None
    )


# What is there


def test_devices_that_count_are_listed_oldest_first(alice: Any, bob: Any, phone: Phone) -> None:
    paired(alice, name="iPad")
    answered(alice, name="Nobody said yes to this one")
    paired(bob, session="b" * 22, name="His")
    assert [device.name for device in devices.devices(alice.pk)] == ["Pixel 8", "iPad"]


def test_a_device_is_found_by_its_id_and_by_its_factor(alice: Any, phone: Phone) -> None:
    factor = str(row(phone).factor_id)
    assert devices.find(alice.pk, phone.device_id) == devices.find(alice.pk, factor) is not None


@pytest.mark.parametrize("handle", ["0", "999999999999999999", "9" * 22, "x" * 22, ""])
def test_what_is_not_there_is_not_found(alice: Any, phone: Phone, handle: str) -> None:
    assert devices.find(alice.pk, handle) is None


def test_somebody_else_s_device_is_not_found(alice: Any, bob: Any, phone: Phone) -> None:
    for handle in (phone.device_id, str(row(phone).factor_id)):
        assert devices.find(bob.pk, handle) is None
        assert not devices.rename(bob.pk, handle, "Mine now", HOME)
        assert devices.revoke(bob.pk, handle, HOME) is None
    assert row(phone).name == "Pixel 8"


# Another name


def test_a_new_name_is_on_the_device_and_on_the_factor_and_in_a_mail(
    alice: Any, phone: Phone
) -> None:
    before = queued("factor_changed")
    assert devices.rename(alice.pk, phone.device_id, "Old phone", HOME)
    assert row(phone).name == "Old phone"
    assert [factor.label for factor in enrolment.factors(alice.pk)] == ["Old phone"]
    assert queued("factor_changed") == before + 1


# The end


def test_revoking_ends_key_factor_and_subscription_and_mails(alice: Any) -> None:
    phone = paired(alice, sub=WEBPUSH)
    before = queued("factor_changed")
    assert devices.revoke(alice.pk, phone.device_id, HOME) == "Pixel 8"
    refused: Any = call(phone, "POST", INBOX, b"{}")
    assert refused.status_code == 401
    assert enrolment.factors(alice.pk) == []
    assert not challenges.has_strong(alice.pk)
    assert not PushSubscription.objects.exists()
    assert queued("factor_changed") == before + 1


def test_revoking_happens_once(alice: Any, phone: Phone) -> None:
    assert devices.revoke(alice.pk, phone.device_id, HOME)
    assert devices.revoke(alice.pk, phone.device_id, HOME) is None


def test_one_of_two_racing_revocations_wins(alice: Any, phone: Phone) -> None:
    device = row(phone)
    assert devices.end(device, time.now())
    assert not devices.end(device, time.now())


def test_a_device_of_an_ended_factor_is_swept_up(alice: Any) -> None:
    phone = paired(alice, sub=WEBPUSH)
    enrolment.revoke_all(alice.pk)
    assert row(phone).revoked_at is None
    devices.follow_factors(time.now())
    assert row(phone).revoked_at == time.now()
    assert not PushSubscription.objects.exists()


# How it is woken


def test_a_device_says_how_it_is_woken(phone: Phone) -> None:
    assert change(phone, phone.rotate_body(sub=WEBPUSH)) == (200, "ok")
    assert kept() == WEBPUSH
    assert change(phone, phone.rotate_body(sub=FCM)) == (200, "ok")
    assert kept() == FCM
    assert PushSubscription.objects.get().kind == "fcm-token"
    assert change(phone, phone.rotate_body(sub=None)) == (200, "ok")
    assert kept() is None


def test_the_answer_tells_the_time(phone: Phone) -> None:
    answer: Any = call(phone, "PUT", PUT, phone.rotate_body())
    assert answer.json() == {"now": time.timestamp()}


def test_the_same_subscription_again_keeps_what_is_known_of_it(
    phone: Phone, clock: FrozenClock
) -> None:
    change(phone, phone.rotate_body(sub=WEBPUSH))
    PushSubscription.objects.update(undeliverable=True, reason="410", last_failure=time.now())
    topic = PushSubscription.objects.get().topic
    clock.forward(minutes=1)
    change(phone, phone.rotate_body(sub=WEBPUSH))
    again = PushSubscription.objects.get()
    assert (again.topic, again.undeliverable, again.reason) == (topic, True, "410")


def test_another_subscription_begins_afresh(phone: Phone) -> None:
    change(phone, phone.rotate_body(sub=WEBPUSH))
    PushSubscription.objects.update(undeliverable=True, reason="410", last_failure=time.now())
    change(phone, phone.rotate_body(sub=FCM))
    fresh = PushSubscription.objects.get()
    assert (fresh.undeliverable, fresh.reason, fresh.last_failure) == (False, "", None)


def test_a_new_key_is_refused_for_now(phone: Phone) -> None:
    assert change(phone, phone.rotate_body(sub=WEBPUSH, new_key=new_key())) == (
        409,
        "method_unavailable",
    )
    assert row(phone).key == phone.public
    assert kept() is None


@pytest.mark.parametrize(
    ("field", "forged"),
    [
        ("aud", "https://evil.example"),
        ("device_id", "d" * 22),
        ("old_key", "k" * 43),
        ("key", "k" * 43),
        ("sub", None),
        ("iat", 1),
    ],
)
def test_each_signed_field_wrong_alone_is_refused(
    phone: Phone, field: str, forged: str | int | None
) -> None:
    assert change(phone, phone.rotate_body(sub=WEBPUSH, forged={field: forged})) == (
        401,
        "unauthorized",
    )
    assert kept() is None


def test_a_body_signed_by_another_key_is_refused(alice: Any, phone: Phone) -> None:
    other = Phone(phone.aud, phone.device_id, phone.user)
    assert change(phone, other.rotate_body(sub=WEBPUSH)) == (401, "unauthorized")


@pytest.mark.parametrize(
    "text",
    [
        '{"kind":"webpush"}',
        '{"kind":"carrier pigeon","value":"x"}',
        '{"kind":"fcm-token","value":""}',
        '{"kind":"fcm-token","value":"a b"}',
        '{"kind": "fcm-token","value":"x"}',
        "",
        "x",
        WEBPUSH.replace("https:", "http:"),
        WEBPUSH.replace("/v2/1", "/v2/" + "x" * 1024),
    ],
)
def test_a_subscription_of_another_shape_is_refused(phone: Phone, text: str) -> None:
    body = phone.rotate_body(sub=None)
    other = canonical(dict(parse(body)) | {"sub": text})
    assert change(phone, other) == (400, "bad_request")


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://push.example/send/1",
        "https://127.0.0.1:6379/",
        "http://localhost:6379/",
        "https://updates.push.services.mozilla.com:8443/wpush/v2/1",
        "https://updates.push.services.mozilla.com@127.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
    ],
)
def test_an_address_that_we_would_not_connect_to_is_not_kept(
    alice: Any, phone: Phone, endpoint: str
) -> None:
    text = WEBPUSH.replace(ENDPOINT, endpoint)
    assert change(phone, phone.rotate_body(sub=text)) == (400, "bad_request")
    assert kept() is None
    body = Phone(phone.aud).pair_body(link(alice), sub=text)
    assert post("/v1/authenticator/pair", body).status_code == 400


def test_a_subscription_may_be_as_long_as_the_protocol_says(phone: Phone) -> None:
    longest = canonical({"kind": "fcm-token", "value": "x" * 4096}).decode()
    assert change(phone, phone.rotate_body(sub=longest)) == (200, "ok")
    assert kept() == longest


def test_changing_costs_at_most_so_many_rows(phone: Phone) -> None:
    change(phone, phone.rotate_body(sub=WEBPUSH))
    change(phone, phone.rotate_body(sub=FCM))
    assert (PushSubscription.objects.count(), Device.objects.count()) == (1, 1)
