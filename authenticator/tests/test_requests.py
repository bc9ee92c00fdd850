"""What every signed call has to be like."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from authenticator.models import Device
from authenticator.tests.helpers import INBOX, ask, call, inbox, paired, row
from authenticator.tests.signer import Phone
from mfa.services import challenges
from mfaproject.lib import clock as time
from mfaproject.lib import tokens
from mfaproject.lib.testing import FrozenClock

DEVICE = "/v1/authenticator/device"


def outcome(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "ok")


def send(
    header: str, body: bytes = b"{}", path: str = INBOX, method: str = "POST", **how: Any
) -> tuple[int, str]:
    return outcome(
        Client().generic(
            method,
            path,
            body,
            **{"content_type": "application/json", "headers": {"authorization": header}} | how,
        )
    )


def signed(phone: Phone, body: bytes = b"{}", **how: Any) -> str:
    return phone.header("POST", INBOX, body, **how)


def test_a_signed_call_is_answered(phone: Phone) -> None:
    assert send(signed(phone)) == (200, "ok")


def test_the_inbox_serves_what_the_phone_shows_and_no_number(alice: Any, phone: Phone) -> None:
    opened = ask(alice, digits=6)
    answer: Any = call(phone, "POST", INBOX, b"{}")
    assert set(answer.json()) == {"now", "challenges"}
    [item] = answer.json()["challenges"]
    assert set(item) == {"challenge_id", "nonce", "exp", "context", "digits"}
    assert item["context"] == {
        "account": "alice",
        "app": "Nod",
        "at": time.timestamp(),
        "browser": "Firefox 145",
        "ip": "8.8.8.8",
        "os": "Linux",
        "place": None,
    }
    assert item["exp"] == time.timestamp() + 120
    assert opened.number.encode() not in answer.content.replace(
        str(item["context"]["at"]).encode(), b""
    ).replace(str(item["exp"]).encode(), b"")


def test_a_call_is_good_once(phone: Phone) -> None:
    header = signed(phone)
    assert send(header) == (200, "ok")
    assert send(header) == (401, "unauthorized")


def test_two_devices_may_use_the_same_id_for_their_calls(alice: Any, phone: Phone) -> None:
    other, jti = paired(alice, name="iPad"), tokens.new_id()
    assert send(signed(phone, jti=jti)) == (200, "ok")
    assert send(signed(other, jti=jti)) == (200, "ok")


@pytest.mark.parametrize(
    ("off", "expected"),
    [(-60, (200, "ok")), (60, (200, "ok")), (-61, (401, "clock_skew")), (61, (401, "clock_skew"))],
)
def test_clocks_may_be_a_minute_apart(phone: Phone, off: int, expected: tuple[int, str]) -> None:
    assert send(signed(phone, iat=time.timestamp() + off)) == expected


def test_a_wrong_clock_learns_the_time_and_does_not_spend_the_call(
    phone: Phone, clock: FrozenClock
) -> None:
    header = signed(phone, iat=time.timestamp() + 61)
    answer: Any = call(phone, "POST", INBOX, b"{}", header=header)
    assert answer.json()["now"] == time.timestamp()
    clock.forward(seconds=1)
    assert send(header) == (200, "ok")


def test_an_id_is_remembered_for_as_long_as_its_time_is_good(
    phone: Phone, clock: FrozenClock
) -> None:
    header = signed(phone, iat=time.timestamp() + 60)
    assert send(header) == (200, "ok")
    clock.forward(seconds=120)
    assert send(header) == (401, "unauthorized")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Nod",
        "Bearer abc",
        "nod {0}",
        "Nod  {0}",
        "Nod {0}=",
        "Nod {0}.x",
        "Nod {0},Nod {0}",
        " Nod {0}",
        "Nod {0} ",
    ],
    ids=repr,
)
def test_another_header_is_refused(phone: Phone, header: str) -> None:
    answer = send(header.format(signed(phone).removeprefix("Nod ")))
    assert answer == (401, "unauthorized")


def test_every_refusal_says_which_scheme_is_asked_for(phone: Phone) -> None:
    answer: Any = call(phone, "POST", INBOX, b"{}", header="")
    assert answer["WWW-Authenticate"] == "Nod"
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer["X-Request-ID"]


def test_every_reason_to_refuse_a_header_looks_the_same(alice: Any, phone: Phone) -> None:
    unknown = Phone(phone.aud, tokens.new_id(), phone.user, key=phone.key)
    stranger = Phone(phone.aud, phone.device_id, phone.user)
    said = []
    for header in (
        "",
        signed(unknown),
        signed(stranger),
        signed(phone)[:-1],
        signed(phone, forged={"htm": "PUT"}),
    ):
        answer: Any = call(phone, "POST", INBOX, b"{}", header=header)
        said.append({name: value for name, value in answer.json().items() if name != "request_id"})
    assert all(one == said[0] for one in said)
    assert said[0]["status"] == 401


def test_what_is_signed_for_one_address_is_good_for_no_other(phone: Phone) -> None:
    assert send(phone.header("PUT", INBOX, b"{}")) == (401, "unauthorized")
    assert send(phone.header("POST", DEVICE, b"{}")) == (401, "unauthorized")
    assert send(phone.header("POST", INBOX, b'{"a":1}')) == (401, "unauthorized")


def test_the_host_header_counts_for_nothing(phone: Phone) -> None:
    evil = phone.header("POST", INBOX, b"{}", forged={"htu": "http://127.0.0.1" + INBOX})
    assert send(evil, headers={"authorization": evil, "host": "127.0.0.1"}) == (401, "unauthorized")


def test_a_query_is_refused(phone: Phone) -> None:
    assert send(signed(phone), path=INBOX + "?a=1") == (400, "bad_request")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
def test_another_method_is_refused(phone: Phone, method: str) -> None:
    assert Client().generic(method, INBOX, b"").status_code == 405


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/jsonx",
        "",
    ],
)
def test_another_content_type_is_refused(phone: Phone, kind: str) -> None:
    assert send(signed(phone), content_type=kind) == (415, "unsupported_media_type")


def test_the_content_type_may_name_its_charset(phone: Phone) -> None:
    assert send(signed(phone), content_type="application/json; charset=utf-8") == (200, "ok")


@pytest.mark.parametrize("size", [8193, 70_000])
def test_a_body_over_8192_bytes_is_refused(phone: Phone, size: int) -> None:
    body = b"x" * size
    assert send(signed(phone, body), body) == (413, "payload_too_large")


@pytest.mark.parametrize(
    "body",
    [
        b"null",
        b"[]",
        b"{} ",
        b"\xef\xbb\xbf{}",
        b'{"a":1}',
        b'{"a":NaN}',
        b'{"a":' + b"9" * 5000 + b"}",
        b"[" * 4000,
        b'{"a":"\xff"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\\u0000"}',
    ],
)
def test_the_inbox_is_asked_with_an_empty_object(phone: Phone, body: bytes) -> None:
    assert send(signed(phone, body), body) == (400, "bad_request")


def test_no_body_is_no_object(phone: Phone) -> None:
    assert send(signed(phone, b""), b"", CONTENT_TYPE="application/json") == (400, "bad_request")
    assert send(signed(phone, b""), b"") == (415, "unsupported_media_type")


def test_every_flipped_bit_of_a_header_is_refused(phone: Phone) -> None:
    header = signed(phone).encode()
    # Bits outside of ASCII cannot be sent; every eighth position is enough here, the pure test
    # takes all.
    for at in range(0, len(header), 8):
        for bit in range(7):
            other = header[:at] + bytes([header[at] ^ (1 << bit)]) + header[at + 1 :]
            assert send(other.decode()) == (401, "unauthorized")


def test_cookies_are_neither_read_nor_set(phone: Phone) -> None:
    client = Client()
    client.cookies.load({"nod_session": "x" * 43, "nod_kb": "y" * 66, "nod_lang": "fr"})
    answer: Any = client.generic(
        "POST",
        INBOX,
        b"{}",
        content_type="application/json",
        headers={"authorization": signed(phone)},
    )
    assert answer.status_code == 200
    assert not answer.cookies


def test_a_device_may_call_sixty_times_a_minute(alice: Any, phone: Phone) -> None:
    for _ in range(60):
        assert send(signed(phone)) == (200, "ok")
    limited: Any = call(phone, "POST", INBOX, b"{}")
    assert outcome(limited) == (429, "rate_limited")
    assert int(limited["Retry-After"]) >= 1
    assert send(signed(paired(alice, name="iPad"))) == (200, "ok")


def test_a_stranger_uses_up_nobody_s_calls(phone: Phone) -> None:
    stranger = Phone(phone.aud, phone.device_id, phone.user)
    for _ in range(61):
        assert send(signed(stranger)) == (401, "unauthorized")
    assert send(signed(phone)) == (200, "ok")


def test_the_inbox_costs_two_statements_where_nothing_is_new(
    alice: Any, phone: Phone, clock: FrozenClock
) -> None:
    ask(alice)
    costs = []
    for seconds in (0, 0, 60):
        clock.forward(seconds=seconds)
        with CaptureQueriesContext(connection) as queries:
            inbox(phone)
        costs.append(len(queries))
    # The first of a minute also notes that the device was here, the first of a question that it has
    # it: an UPDATE each.
    assert costs == [4, 2, 3]


def test_a_fetched_question_has_been_seen_by_this_device_and_no_other(
    alice: Any, phone: Phone
) -> None:
    paired(alice, name="iPad")
    opened = ask(alice)
    assert {wake.label: wake.state for wake in challenges.wakes(opened.challenge_id)} == {
        "Pixel 8": "asked",
        "iPad": "asked",
    }
    inbox(phone)
    assert {wake.label: wake.state for wake in challenges.wakes(opened.challenge_id)} == {
        "Pixel 8": "seen",
        "iPad": "asked",
    }


def test_the_device_is_noted_as_seen_once_a_minute(phone: Phone, clock: FrozenClock) -> None:
    inbox(phone)
    first = row(phone).last_seen_at
    clock.forward(seconds=59)
    inbox(phone)
    assert row(phone).last_seen_at == first
    clock.forward(seconds=1)
    inbox(phone)
    assert row(phone).last_seen_at == time.now()


def test_a_factor_that_mfa_ended_ends_the_device(alice: Any, phone: Phone) -> None:
    alice.mfa_factors.update(revoked_at=time.now())
    assert send(signed(phone)) == (401, "unauthorized")


def test_an_unknown_address_below_is_not_found(phone: Phone) -> None:
    answer: Any = Client().post(
        "/v1/authenticator/challenges/short/answer", b"{}", content_type="application/json"
    )
    assert answer.status_code == 404


def test_nothing_secret_is_logged(
    alice: Any, phone: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    opened = ask(alice, digits=6)
    [item] = inbox(phone)
    path = f"/v1/authenticator/challenges/{item['challenge_id']}/answer"
    call(
        phone,
        "POST",
        path,
        phone.approve(item, opened.number, forged={"aud": "https://evil.example"}),
    )
    call(phone, "POST", path, phone.approve(item, opened.number))
    written = json.dumps(
        [record.__dict__ for record in caplog.records if not record.name.startswith("django.db")],
        default=str,
    )
    assert opened.number not in written
    assert item["nonce"] not in written


def test_the_cache_holds_no_more_than_it_must(phone: Phone) -> None:
    jti = tokens.new_id()
    send(signed(phone, jti=jti))
    assert cache.get(f"jti:{phone.device_id}:{jti}") == 1
    assert Device.objects.count() == 1
