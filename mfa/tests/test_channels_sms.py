"""Channels for text messages: the contract of all channels, against servers on loopback."""

import base64
import hashlib
import hmac
import json
import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter

from mfa import outbox
from mfa.channels import sms_twilio, sms_webhook
from mfa.channels.base import OURS, Channel, DeliveryError
from mfa.channels.sms_twilio import TwilioChannel
from mfa.channels.sms_webhook import WebhookChannel
from mfa.models import OutboxMessage
from mfa.tests.helpers import ask_code, code_of, opened, texting
from mfa.tests.test_channels import ChannelContract, parcel
from mfaproject import sms
from mfaproject.lib.testing import FrozenClock

NUMBER = "+33612345642"
SECRET = "a secret of thirty-two characters, or more"


class Gateway:
    """A service that sends text messages, or says what the test wants it to say."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.status, self.body = 200, b"{}"
        self.headers: dict[str, str] = {}
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                gateway.requests.append((self.path, dict(self.headers), body))
                self.send_response(gateway.status)
                for name, value in {
                    "Content-Length": str(len(gateway.body)),
                    **gateway.headers,
                }.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(gateway.body)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway()
    yield made
    made.stop()


class GatewayContract(ChannelContract):
    """What every channel holds that hands its messages to a service over HTTP."""

    def to(self) -> str:
        return NUMBER

    def fails(self, **changes: Any) -> DeliveryError:
        with pytest.raises(DeliveryError) as failed:
            self.channel().send(parcel(to=NUMBER, channel="sms", **changes))
        return failed.value

    @pytest.mark.parametrize(
        ("status", "permanent"),
        [
            (400, True),
            (404, True),
            (422, True),
            (401, False),
            (403, False),
            (408, False),
            (429, False),
            (500, False),
            (502, False),
            (503, False),
        ],
    )
    def test_a_refusal_is_final_or_may_pass(
        self, gateway: Gateway, status: int, permanent: bool
    ) -> None:
        gateway.status = status
        assert self.fails().permanent is permanent

    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_no_redirect_is_followed(self, gateway: Gateway, status: int) -> None:
        gateway.status, gateway.headers = (
            status,
            {"Location": f"http://127.0.0.1:{gateway.port}/elsewhere"},
        )
        self.fails()
        assert len(gateway.requests) == 1

    def test_a_service_that_is_not_there_may_come_back(self, gateway: Gateway) -> None:
        gateway.stop()
        assert (self.fails().reason, self.fails().permanent) == ("unavailable", False)

    def test_a_service_that_hangs_is_left_after_a_while(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def hang(*_: object, **__: object) -> None:
            raise requests.ReadTimeout

        monkeypatch.setattr(requests.Session, "send", hang)
        assert (self.fails().reason, self.fails().permanent) == ("timeout", False)

    def test_neither_code_nor_number_comes_into_a_log_or_an_error(
        self, gateway: Gateway, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        self.channel().send(parcel(to=NUMBER))
        gateway.status = 400
        said = repr(self.fails().args) + caplog.text
        assert "123456" not in said
        assert NUMBER not in said
        assert NUMBER.strip("+") not in said


class TestWebhook(GatewayContract):
    @pytest.fixture(autouse=True)
    def _gateway(self, gateway: Gateway, settings: Any) -> None:
        self.gateway = gateway
        settings.SMS = sms.Sms(
            sms.WEBHOOK, url=f"http://127.0.0.1:{gateway.port}/send?to=us", secret=SECRET
        )

    def channel(self) -> Channel:
        return WebhookChannel()

    def received(self) -> list[str]:
        return [json.loads(body)["text"] for _, _, body in self.gateway.requests]

    def test_it_posts_what_is_needed_and_nothing_more(self, clock: FrozenClock) -> None:
        sent = parcel(to=NUMBER, channel="sms", expires_at=clock.at + timedelta(minutes=10))
        self.channel().send(sent)
        ((path, headers, body),) = self.gateway.requests
        assert (path, headers["Content-Type"]) == ("/send?to=us", "application/json")
        ends = int(clock.at.timestamp()) + 600
        assert json.loads(body) == {
            "id": sent.id,
            "to": NUMBER,
            "text": sent.text,
            "language": "en",
            "expires_at": ends,
        }

    def test_the_signature_covers_the_time_and_the_body(self, clock: FrozenClock) -> None:
        self.channel().send(parcel(to=NUMBER))
        ((_, headers, body),) = self.gateway.requests
        at = int(clock.at.timestamp())
        expected = hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        assert headers["Nod-Signature"] == f"t={at},v1={expected}"
        assert sms_webhook.signature(body, at=at + 1, secret=SECRET) != sms_webhook.signature(
            body, at=at, secret=SECRET
        )

    @pytest.mark.parametrize(
        ("header", "rest"),
        [("7", 7), ("99999", 3600), ("soon", None), ("-1", None), ("9" * 30, None), ("", None)],
    )
    def test_it_waits_as_long_as_the_service_wants(self, header: str, rest: int | None) -> None:
        self.gateway.status, self.gateway.headers = 429, {"Retry-After": header}
        assert self.fails().retry_after == rest

    def test_any_yes_is_a_yes(self) -> None:
        self.gateway.status = 202
        self.channel().send(parcel(to=NUMBER))

    def test_a_redirect_says_that_the_address_is_wrong(self) -> None:
        self.gateway.status, self.gateway.headers = 302, {"Location": "https://elsewhere.example/"}
        """Whoever set it can set another while the message waits; it is no fault of the message."""
        assert (self.fails().reason, self.fails().permanent) == ("http_302", False)


class ToLoopback(HTTPAdapter):
    """Carries what is meant for the outside to a server of the test."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port = port

    def send(
        self, request: requests.PreparedRequest, *arguments: Any, **options: Any
    ) -> requests.Response:
        parts = urlsplit(str(request.url))
        self.host = parts.hostname
        request.url = parts._replace(scheme="http", netloc=f"127.0.0.1:{self.port}").geturl()
        return super().send(request, *arguments, **options)


class TestTwilio(GatewayContract):
    @pytest.fixture(autouse=True)
    def _gateway(self, gateway: Gateway, settings: Any) -> Iterator[None]:
        self.gateway = gateway
        gateway.status, gateway.body = 201, b'{"sid": "SM1", "status": "queued"}'
        settings.SMS = sms.Sms(
            sms.TWILIO, account="AC" + "1" * 32, token="the token", sender="+15005550006"
        )
        session = sms_twilio._http.session
        assert session is not None
        before, self.adapter = (
            session.get_adapter("https://api.twilio.com"),
            ToLoopback(gateway.port),
        )
        session.mount("https://", self.adapter)
        yield
        session.mount("https://", before)

    def channel(self) -> Channel:
        return TwilioChannel()

    def sent(self) -> list[dict[str, str]]:
        return [
            {name: values[0] for name, values in parse_qs(body.decode()).items()}
            for _, _, body in self.gateway.requests
        ]

    def received(self) -> list[str]:
        return [message["Body"] for message in self.sent()]

    def test_it_makes_one_message_with_our_account(self, clock: FrozenClock) -> None:
        self.channel().send(
            parcel(to=NUMBER, text="Hello", expires_at=clock.at + timedelta(minutes=9))
        )
        ((path, headers, _),) = self.gateway.requests
        assert self.adapter.host == "api.twilio.com"
        assert path == f"/2010-04-01/Accounts/AC{'1' * 32}/Messages.json"
        assert (
            base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode()
            == f"AC{'1' * 32}:the token"
        )
        assert self.sent() == [
            {"To": NUMBER, "From": "+15005550006", "Body": "Hello", "ValidityPeriod": "540"}
        ]

    def test_a_messaging_service_is_named_as_one(self, settings: Any) -> None:
        settings.SMS = sms.Sms(sms.TWILIO, account="AC1", token="t", sender="MG1")
        self.channel().send(parcel(to=NUMBER))
        (message,) = self.sent()
        assert message["MessagingServiceSid"] == "MG1"
        assert "From" not in message

    def test_its_own_number_for_a_refusal_is_the_reason(self) -> None:
        self.gateway.status, self.gateway.body = (
            400,
            (
                b'{"code": 21211, "message": "The \'To\' number +33612345642 is not valid.",'
                b' "status": 400}'
            ),
        )
        assert (self.fails().reason, self.fails().permanent) == ("twilio_21211", True)

    @pytest.mark.parametrize("code", [20003, 21212, 21606, 21608, 21659, 21703])
    def test_a_sender_or_account_of_ours_that_is_wrong_is_no_fault_of_the_number(
        self, code: int
    ) -> None:
        self.gateway.status, self.gateway.body = (
            400,
            f'{{"code": {code}, "message": "From", "status": 400}}'.encode(),
        )
        assert (self.fails().reason, self.fails().permanent) == (f"twilio_{code}", False)
        assert f"twilio_{code}" in OURS

    @pytest.mark.parametrize(
        ("left", "asked"), [(timedelta(seconds=-5), "1"), (timedelta(hours=9), "14400")]
    )
    def test_it_is_valid_as_long_as_the_code(
        self, clock: FrozenClock, left: timedelta, asked: str
    ) -> None:
        self.channel().send(parcel(to=NUMBER, expires_at=clock.at + left))
        assert self.sent()[0]["ValidityPeriod"] == asked

    def test_the_library_says_nothing_in_our_log(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO)
        self.channel().send(parcel(to=NUMBER))
        assert caplog.records == []

    def test_variables_of_the_surroundings_change_nothing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TWILIO_REGION", "au1")
        monkeypatch.setenv("TWILIO_EDGE", "sydney")
        self.channel().send(parcel(to=NUMBER))
        assert self.adapter.host == "api.twilio.com"


def test_the_outbox_tries_again_until_the_service_takes_it(
    alice: Any, clock: FrozenClock, gateway: Gateway, settings: Any
) -> None:
    settings.SMS = sms.Sms(sms.WEBHOOK, url=f"http://127.0.0.1:{gateway.port}/", secret=SECRET)
    settings.MFA_CHANNELS = {"sms": settings.SMS.channel}
    texting(alice)
    asked = opened(ask_code(alice, kind="sms"))
    code = code_of(asked)
    for status in (503, 429, 200):
        gateway.status = status
        assert OutboxMessage.objects.get().state == "queued"
        outbox.deliver_due()
        clock.forward(seconds=20)
    assert OutboxMessage.objects.get().state == "sent"
    assert {json.loads(body)["id"] for _, _, body in gateway.requests} == {
        OutboxMessage.objects.get().pk
    }
    assert [code in json.loads(body)["text"] for _, _, body in gateway.requests] == [True] * 3
