"""Mail against a real server: what it refuses, when it hangs up, how slow it is, what it can speak,
and who writes to whom.
"""

import asyncio
import email
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.test import Client

from mfa import outbox
from mfa.channels import smtp
from mfa.channels.base import AWAY, OURS, DeliveryError
from mfa.channels.email import EmailChannel
from mfa.models import Challenge, OutboxMessage
from mfa.services import sender_health
from mfa.services import sweep as sweeping
from mfa.tests.helpers import ask_code, opened
from mfa.tests.test_channels import parcel, plain
from mfaproject import mail_sender
from mfaproject.lib import clock as clock_seam
from mfaproject.lib.patience import PATIENCE
from mfaproject.lib.testing import FrozenClock
from mfaproject.tests.services import free_port

PHASES = ("EHLO", "MAIL", "RCPT", "DATA")


class Server:
    """A mail server that does as the test says: `answers` by phase, of which the last is given from
    then on; `drop` and `slow` name phases."""

    def __init__(self) -> None:
        self.answers: dict[str, list[str]] = {}
        self.drop, self.slow, self.hidden = "", "", ""
        self.mails: list[bytes] = []
        self.envelopes: list[tuple[str, list[str]]] = []

    async def _phase(self, name: str, server: Any) -> str:
        if self.slow == name:
            await asyncio.sleep(1)
        if self.drop == name:
            server.transport.abort()
        left = self.answers.get(name, [""])
        return left.pop(0) if len(left) > 1 else left[0]

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        said = await self._phase("EHLO", server)
        return (
            [said]
            if said
            else [line for line in responses if not self.hidden or self.hidden not in line]
        )

    async def handle_HELO(  # noqa: N802 - as above
        self, server: Any, session: Any, _envelope: Any, hostname: str
    ) -> str:
        session.host_name = hostname
        return await self._phase("EHLO", server) or "250 OK"

    async def handle_MAIL(  # noqa: N802 - as above
        self, server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        said = await self._phase("MAIL", server)
        envelope.mail_from, envelope.mail_options = address, options
        return said or "250 OK"

    async def handle_RCPT(  # noqa: N802 - as above
        self, server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        said = await self._phase("RCPT", server)
        if not said:
            envelope.rcpt_tos.append(address)
        return said or "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        said = await self._phase("DATA", server)
        if not said:
            self.mails.append(envelope.content)
            self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        return said or "250 OK"


def started(server: Server, **options: Any) -> Controller:
    """Listens on a port of its own."""
    usual: dict[str, Any] = {
        "hostname": "127.0.0.1",
        "port": free_port(),
        "ready_timeout": PATIENCE,
    }
    controller = Controller(server, **usual, **options)
    controller.start()
    return controller


@pytest.fixture
def serve(settings: Any) -> Iterator[Callable[..., Server]]:
    """Starts a server and has mails go there."""
    running: list[Controller] = []

    def serving(**options: Any) -> Server:
        server = Server()
        running.append(started(server, **options))
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running[-1].port
        return server

    settings.EMAIL_BACKEND, settings.EMAIL_TIMEOUT = "mfa.channels.smtp.Backend", PATIENCE
    settings.MFA_CHANNELS = settings.MFA_CHANNELS | {"email": "mfa.channels.email.EmailChannel"}
    yield serving
    for controller in running:
        controller.stop()


def fails(**changes: Any) -> DeliveryError:
    with pytest.raises(DeliveryError) as refused:
        EmailChannel().send(parcel(**changes))
    return refused.value


OURS_, THEIRS, PASSES = "ours", "theirs", "passes"


@pytest.mark.parametrize(
    ("phase", "answer", "kind"),
    [
        ("EHLO", "554 5.7.1 your address is in a list", OURS_),
        ("EHLO", "421 too busy", PASSES),
        ("MAIL", "550 5.1.0 we do not know you", OURS_),
        ("MAIL", "553 5.7.1 not owned by user", OURS_),
        ("MAIL", "530 5.7.0 log in first", OURS_),
        ("MAIL", "552 5.3.4 too big", OURS_),
        ("MAIL", "451 4.3.0 later", PASSES),
        ("RCPT", "550 5.1.1 no such user", THEIRS),
        ("RCPT", "550 no such user", THEIRS),
        ("RCPT", "550 <sender@relay.example>: no such user", THEIRS),
        ("RCPT", "553 5.1.3 bad address", THEIRS),
        ("RCPT", "552 5.2.2 mailbox full", THEIRS),
        ("RCPT", "550 5.4.4 no such host", THEIRS),
        ("RCPT", "553 5.6.7 needs SMTPUTF8", THEIRS),
        ("RCPT", "450 4.2.0 greylisted", PASSES),
        ("RCPT", "451 come back in five minutes", PASSES),
        ("RCPT", "452 4.2.2 mailbox full", PASSES),
        ("RCPT", "554 5.7.1 relay access denied", OURS_),
        ("RCPT", "550 relay not permitted", OURS_),
        ("RCPT", "550 5.7.1 sender address rejected: not owned by user", OURS_),
        ("RCPT", "553 5.1.8 sender address rejected: domain not found", OURS_),
        ("RCPT", "550 Sender verify failed", OURS_),
        ("RCPT", "530 authentication required", OURS_),
        ("RCPT", "503 bad sequence of commands", OURS_),
        ("DATA", "554 no", THEIRS),
        ("DATA", "552 5.2.2 mailbox full", THEIRS),
        ("DATA", "550 5.7.26 unauthenticated sender, see DMARC", OURS_),
        ("DATA", "554 5.7.1 looks like spam", OURS_),
        ("DATA", "451 4.7.1 later", PASSES),
        ("DATA", "421 closing", PASSES),
    ],
)
def test_a_refusal_is_final_where_it_is_the_recipients(
    serve: Any, phase: str, answer: str, kind: str
) -> None:
    serve().answers[phase] = [answer]
    error = fails()
    assert error.permanent is (kind == THEIRS)
    assert (error.reason in OURS) is (kind == OURS_)
    assert error.reason not in AWAY


@pytest.mark.parametrize(
    ("greeting", "reason", "ours"),
    [("554 go away", "server_refused", True), ("421 too busy", "smtp_421", False)],
)
def test_a_server_that_greets_with_a_no_says_nothing_of_the_recipient(
    settings: Any, greeting: str, reason: str, ours: bool
) -> None:
    def greet(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        connection.sendall(greeting.encode() + b"\r\n")
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=greet, args=(listening,), daemon=True).start()
        settings.EMAIL_BACKEND, settings.EMAIL_TIMEOUT = "mfa.channels.smtp.Backend", PATIENCE
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", listening.getsockname()[1]
        error = fails()
    assert (error.reason, error.permanent, error.reason in OURS) == (reason, False, ours)


@pytest.mark.parametrize("phase", PHASES)
def test_a_server_that_hangs_up_may_come_back(serve: Any, phase: str) -> None:
    serve().drop = phase
    error = fails()
    assert (error.permanent, error.reason in AWAY) == (False, True)


@pytest.mark.parametrize("phase", PHASES)
def test_a_server_that_is_slow_is_left_after_a_while(serve: Any, settings: Any, phase: str) -> None:
    settings.EMAIL_TIMEOUT = 0.2
    serve().slow = phase
    error = fails()
    assert (error.permanent, error.reason in AWAY) == (False, True)


def test_many_slow_steps_have_one_end(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each within its time-out, and all of them longer than the row is ours."""
    monkeypatch.setattr(smtp, "PATIENCE", 0.5)
    server = serve()
    server.slow = "MAIL"
    error = fails()
    assert (error.reason, error.permanent) == ("SMTPServerDisconnected", False)
    assert server.mails == []


def test_patience_ends_before_somebody_else_may_send_the_message() -> None:
    assert timedelta(seconds=smtp.PATIENCE) + timedelta(seconds=10) < outbox.LEASE


@pytest.mark.parametrize(
    ("use", "reason"),
    [
        ({"EMAIL_USE_TLS": True}, "unsendable"),
        ({"EMAIL_USE_SSL": True}, "SSLError"),
        ({"EMAIL_HOST_USER": "nod", "EMAIL_HOST_PASSWORD": "p"}, "unsendable"),
    ],
)
def test_a_server_that_cannot_what_it_was_said_to_is_ours_to_mend(
    serve: Any, settings: Any, use: dict[str, Any], reason: str
) -> None:
    serve()
    for name, value in use.items():
        setattr(settings, name, value)
    error = fails()
    assert (error.reason, error.permanent) == (reason, False)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # on loopback
@pytest.mark.parametrize(
    ("password", "reason"),
    [("right", None), ("wrong", "smtp_login_refused"), ("wr\u00f6ng", "unsendable")],
)
def test_a_login_that_is_refused_is_ours_to_mend(
    serve: Any, settings: Any, password: str, reason: str | None
) -> None:
    def authenticator(
        _server: Any, _session: Any, _envelope: Any, _mechanism: Any, data: Any
    ) -> AuthResult:
        return AuthResult(success=data.password == b"right", handled=False)

    server = serve(authenticator=authenticator, auth_required=True, auth_require_tls=False)
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "nod", password
    if reason is None:
        EmailChannel().send(parcel())
        assert len(server.mails) == 1
    else:
        error = fails()
        assert (error.reason, error.permanent, error.reason in OURS) == (reason, False, True)


class TestWhatIsSent:
    @pytest.mark.parametrize("hidden", ["", "8BITMIME"])
    @pytest.mark.parametrize("utf8", [True, False])
    def test_travels_in_seven_bits_whatever_a_server_can(
        self, serve: Any, hidden: str, utf8: bool
    ) -> None:
        server = serve(enable_SMTPUTF8=utf8)
        server.hidden = hidden
        EmailChannel().send(
            parcel(
                subject="Votre code — 日本語 🦊",
                text="déjà vu: 日本語 🦊 " * 40 + "\n" + "x" * 3000,
                html="<p>é</p>" * 500,
            )
        )
        (raw,) = server.mails
        assert raw.isascii()
        assert max(len(line) for line in raw.splitlines()) <= 998, "RFC 5322, 2.1.1"
        assert plain(raw).startswith("déjà vu: 日本語 🦊 déjà vu")
        assert (
            email.message_from_bytes(raw, _class=EmailMessage, policy=policy.default)["Subject"]
            == "Votre code — 日本語 🦊"
        )

    @pytest.mark.parametrize(
        "name",
        [
            "Acme, Inc.",
            'The "Q" \\ Team',
            "a: b; c@d (e) [f]",
            "100% sûr, «oui»",
            "O’Brien & Søn",
            "日本語サービス" * 9,
            "🦊" * 20,
            "=?utf-8?q?somebody else?=",
            "x" * 64,
            "<nod@evil.example>",
            "Nod <nod@evil.example>,",
        ],
    )
    def test_is_from_whom_the_operator_named(self, serve: Any, settings: Any, name: str) -> None:
        server = serve()
        settings.DEFAULT_FROM_EMAIL = mail_sender.mailbox("", app=name, host="login.example.org")
        EmailChannel().send(parcel())
        assert server.envelopes == [("nod@login.example.org", ["alice@example.org"])]
        header = email.message_from_bytes(server.mails[0])["From"]
        shown, _, address = str(make_header(decode_header(header))).rpartition(" <")
        assert address == "nod@login.example.org>"
        assert "".join(shown.split()).strip('"').replace('\\"', '"').replace(
            "\\\\", "\\"
        ) == "".join(name.split())

    @pytest.mark.parametrize(
        ("host", "address", "identity"),
        [
            ("localhost", "nod@localhost", "localhost"),
            ("203.0.113.9", "nod@[203.0.113.9]", "[203.0.113.9]"),
            ("::1", "nod@[IPv6:::1]", "[IPv6:::1]"),
            ("xn--bcher-kva.example", "nod@xn--bcher-kva.example", "xn--bcher-kva.example"),
        ],
    )
    def test_is_from_our_host_however_it_is_called(
        self, serve: Any, settings: Any, host: str, address: str, identity: str
    ) -> None:
        server = serve()
        settings.PUBLIC_HOST, settings.DEFAULT_FROM_EMAIL = (
            host,
            mail_sender.mailbox("", app="Nod", host=host),
        )
        sent = parcel()
        EmailChannel().send(sent)
        assert server.envelopes[0][0] == address
        assert email.message_from_bytes(server.mails[0])["Message-ID"] == f"<{sent.id}@{identity}>"

    @pytest.mark.parametrize(
        "to",
        [
            "o'brien+nod@example.org",
            "a/b=c@example.org",
            "alice@xn--bcher-kva.example",
            "alice@[203.0.113.9]",
        ],
    )
    def test_reaches_addresses_that_look_odd(self, serve: Any, to: str) -> None:
        server = serve()
        EmailChannel().send(parcel(to=to))
        assert server.envelopes[0][1] == [to]

    @pytest.mark.parametrize(
        "to",
        [
            "",
            "alice",
            "@example.org",
            "alice@",
            "jörg@example.org",
            "वि@example.org",
            '"a b"@example.org',
            '"a\x01b"@example.org',
            "a..b@example.org",
            f"{'a' * 65}@example.org",
            "alice@example.org, mallory@example.org",
            "alice@exam ple.org",
            "Alice <alice@example.org>",
            "alice@example.org\r\nRCPT TO:<mallory@example.org>",
            "alice@" + "a" * 64 + ".example",
            "\u200b@example.org",
        ],
    )
    def test_goes_to_no_address_that_is_none_and_no_server_is_asked(
        self, serve: Any, to: str
    ) -> None:
        server = serve()
        error = fails(to=to)
        assert (error.reason, error.permanent) == ("bad_address", True)
        assert server.envelopes == []

    @pytest.mark.parametrize(
        "spoilt",
        ["Acme, Inc. <nod@example.org>", "nod@example.org\nBcc: x@example.org", "jörg@", ""],
    )
    def test_with_a_sender_that_cannot_be_used_waits_and_is_no_fault_of_the_recipient(
        self, serve: Any, settings: Any, spoilt: str
    ) -> None:
        """The start refuses such a sender; should one come by another way,
        nobody's address is called bad for it."""
        server = serve()
        settings.DEFAULT_FROM_EMAIL = spoilt
        error = fails()
        assert not error.permanent
        assert error.reason in OURS
        assert server.mails == []


@pytest.mark.django_db
class TestInTheOutbox:
    def ask(self, alice: Any) -> int:
        return opened(ask_code(alice)).challenge_id

    def deliver(self, clock: FrozenClock) -> OutboxMessage:
        outbox.deliver_due()
        clock.forward(seconds=20)
        return OutboxMessage.objects.get(template="code")

    def test_a_greylisted_mail_leaves_a_little_later(
        self, alice: Any, serve: Any, clock: FrozenClock
    ) -> None:
        server = serve()
        server.answers["RCPT"] = ["451 4.7.1 greylisted", "450 4.2.0 not yet", ""]
        challenge = self.ask(alice)
        states = [self.deliver(clock).state for _ in range(3)]
        assert states == ["queued", "queued", "sent"]
        assert Challenge.objects.get(pk=challenge).state == "pending"
        assert len(server.mails) == 1
        assert sender_health.mail() == "up"

    def test_a_recipient_that_is_refused_ends_the_question_and_says_nothing_of_us(
        self, alice: Any, serve: Any, clock: FrozenClock
    ) -> None:
        serve().answers["RCPT"] = ["550 5.1.1 no such user"]
        challenge = self.ask(alice)
        assert self.deliver(clock).state == "failed"
        assert Challenge.objects.get(pk=challenge).state == "failed"
        assert sender_health.mail() == "up"

    @pytest.mark.parametrize(
        ("phase", "answer", "state"),
        [
            ("MAIL", "553 5.7.1 not owned", "refused"),
            ("RCPT", "554 5.7.1 relay denied", "refused"),
            ("EHLO", "554 5.7.1 listed", "refused"),
        ],
    )
    def test_a_fault_of_our_own_is_said_in_readyz_until_it_is_mended(
        self,
        alice: Any,
        serve: Any,
        clock: FrozenClock,
        client: Client,
        caplog: pytest.LogCaptureFixture,
        phase: str,
        answer: str,
        state: str,
    ) -> None:
        server = serve()
        server.answers[phase] = [answer]
        challenge = self.ask(alice)
        assert client.get("/readyz").json()["status"] == "ok"
        with caplog.at_level(logging.ERROR, "nod.outbox"):
            assert self.deliver(clock).state == "queued"
        assert [record.levelno for record in caplog.records if record.name == "nod.outbox"] == [
            logging.ERROR
        ]
        told = client.get("/readyz")
        assert (told.status_code, told.json()["status"], told.json()["mail"]) == (
            200,
            "degraded",
            state,
        )
        assert Challenge.objects.get(pk=challenge).state == "pending"
        server.answers.clear()
        assert self.deliver(clock).state == "sent"
        assert client.get("/readyz").json()["status"] == "ok"

    def test_a_server_that_is_away_is_said_too(
        self, alice: Any, serve: Any, settings: Any, clock: FrozenClock
    ) -> None:
        serve()
        self.ask(alice)
        settings.EMAIL_PORT = free_port()
        assert self.deliver(clock).state == "queued"
        assert sender_health.mail() == "away"

    @pytest.mark.parametrize("by", [outbox.deliver_due, sweeping.expire_messages])
    def test_time_alone_makes_nothing_well(
        self, alice: Any, serve: Any, clock: FrozenClock, by: Any
    ) -> None:
        serve().answers["MAIL"] = ["553 5.7.1 not owned"]
        self.ask(alice)
        self.deliver(clock)
        clock.forward(days=1)
        by()
        assert OutboxMessage.objects.get(template="code").state == "expired"
        assert sender_health.mail() == "refused"

    def test_it_is_still_said_when_the_mail_ran_out_of_time(
        self, alice: Any, serve: Any, clock: FrozenClock
    ) -> None:
        serve().answers["MAIL"] = ["553 5.7.1 not owned"]
        self.ask(alice)
        for _ in range(40):
            row = self.deliver(clock)
        assert row.state == "expired"
        assert sender_health.mail() == "refused"

    def test_texts_are_reported_by_themselves(self, settings: Any) -> None:
        now = clock_seam.now()
        common = {"template": "code", "sent_to": "x", "expires_at": now, "created_at": now}
        OutboxMessage.objects.create(channel="sms", state="queued", reason="twilio_21606", **common)
        settings.MFA_CHANNELS = settings.MFA_CHANNELS | {
            "sms": "mfa.channels.sms_twilio.TwilioChannel",
            "email": "mfa.channels.email.EmailChannel",
        }
        assert (sender_health.texts(), sender_health.mail()) == ("refused", "up")
        settings.MFA_CHANNELS = settings.MFA_CHANNELS | {
            "sms": "mfa.channels.files.TextFileChannel"
        }
        assert sender_health.texts() == "up", "files are refused by nobody"
