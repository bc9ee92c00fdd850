"""Channels: one contract for all, and what each does besides."""

import email
import stat
from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from mfa.channels import files
from mfa.channels.base import Channel, DeliveryError, Parcel
from mfa.channels.email import EmailChannel
from mfa.channels.files import EmailFileChannel, TextFileChannel
from mfa.channels.memory import MemoryChannel
from mfaproject.lib import clock as clock_seam
from mfaproject.lib import tokens
from mfaproject.lib.patience import PATIENCE
from mfaproject.lib.testing import FrozenClock
from mfaproject.tests.services import free_port


def parcel(**changes: Any) -> Parcel:
    values: dict[str, Any] = {
        "id": tokens.new_id(),
        "channel": "email",
        "to": "alice@example.org",
        "language": "en",
        "expires_at": clock_seam.now() + timedelta(minutes=10),
        "subject": "Your code for Nod — déjà vu",
        "text": "Your code is\n\n    123456\n",
        "html": "<p>123456</p>",
    }
    return Parcel(**(values | changes))


class ChannelContract(ABC):
    """What every channel holds. `received` gives the texts that arrived, the oldest first."""

    @abstractmethod
    def channel(self) -> Channel:
        """The channel in question."""

    @abstractmethod
    def received(self) -> list[str]:
        """Texts that arrived, the oldest first."""

    def to(self) -> str:
        return "alice@example.org"

    def test_what_is_sent_arrives(self) -> None:
        self.channel().send(parcel(to=self.to()))
        (text,) = self.received()
        assert "123456" in text

    def test_each_message_arrives_by_itself(self) -> None:
        for text in ("one", "two"):
            self.channel().send(parcel(to=self.to(), text=text))
        assert sorted(text.strip().split()[-1] for text in self.received()) == ["one", "two"]


class FormsNoHeaders:
    """For channels that write an address into a head: two lines of it are refused for good."""

    @pytest.mark.parametrize(
        "to", ["alice@example.org\nBcc: mallory@example.org", "alice@example.org\r\nX: y", "a\rb"]
    )
    def test_an_address_of_two_lines_is_refused(self, to: str) -> None:
        with pytest.raises(DeliveryError) as refused:
            self.channel().send(parcel(to=to))  # type: ignore[attr-defined]
        assert refused.value.permanent
        assert self.received() == []  # type: ignore[attr-defined]


def plain(raw: bytes) -> str:
    message = email.message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


class TestMemory(ChannelContract):
    def channel(self) -> Channel:
        return MemoryChannel()

    def received(self) -> list[str]:
        return [sent.text for sent in MemoryChannel.sent]


class TestEmailFiles(FormsNoHeaders, ChannelContract):
    def channel(self) -> Channel:
        return EmailFileChannel()

    def received(self) -> list[str]:
        return [plain(path.read_bytes()) for path, _ in files.newest()]


class TestTextFiles(FormsNoHeaders, ChannelContract):
    def channel(self) -> Channel:
        return TextFileChannel()

    def received(self) -> list[str]:
        return [path.read_text() for path, _ in files.newest()]

    def to(self) -> str:
        return "+33612345642"


class Sink:
    """A mail server that keeps what it gets, or refuses as the test says."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.rcpt, self.data = "250 OK", "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    # Aiosmtpd's name.
    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data.startswith("250"):
            self.mails.append(envelope.content)
        return self.data


def started(sink: Sink) -> Any:
    """A server on a port of its own."""
    server = Controller(sink, hostname="127.0.0.1", port=free_port(), ready_timeout=PATIENCE)
    server.start()
    return server


class TestSMTP(FormsNoHeaders, ChannelContract):
    """Against a real server on loopback."""

    @pytest.fixture(autouse=True)
    def _server(self, settings: Any) -> Iterator[None]:
        self.sink = Sink()
        server = started(self.sink)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = (
            "127.0.0.1",
            server.port,
            PATIENCE,
        )
        yield
        server.stop()

    def channel(self) -> Channel:
        return EmailChannel()

    def received(self) -> list[str]:
        return [plain(raw) for raw in self.sink.mails]

    def test_a_mail_has_two_parts_one_name_and_says_that_a_machine_sent_it(
        self, clock: FrozenClock
    ) -> None:
        sent = parcel()
        self.channel().send(sent)
        message = email.message_from_bytes(
            self.sink.mails[0], _class=EmailMessage, policy=policy.default
        )
        assert [part.get_content_type() for part in message.walk()] == [
            "multipart/alternative",
            "text/plain",
            "text/html",
        ]
        assert message["Message-ID"] == f"<{sent.id}@localhost>"
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["Content-Language"] == "en"
        assert message["Subject"] == sent.subject
        assert message["To"] == "alice@example.org"
        assert message["Date"].datetime == clock.at

    @pytest.mark.parametrize(
        ("rcpt", "data", "reason", "permanent"),
        [
            ("550 no such user", "250 OK", "recipient_refused", True),
            ("450 come back later", "250 OK", "recipient_refused", False),
            ("250 OK", "554 no", "smtp_554", True),
            ("250 OK", "451 later", "smtp_451", False),
        ],
    )
    def test_a_refusal_is_final_or_may_pass(
        self, rcpt: str, data: str, reason: str, permanent: bool
    ) -> None:
        self.sink.rcpt, self.sink.data = rcpt, data
        with pytest.raises(DeliveryError) as refused:
            self.channel().send(parcel())
        assert (refused.value.reason, refused.value.permanent) == (reason, permanent)

    def test_our_own_credential_may_be_mended(self, settings: Any) -> None:
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "nod", "wrong"
        with pytest.raises(DeliveryError) as refused:
            self.channel().send(parcel())
        assert not refused.value.permanent

    def test_a_server_that_is_not_there_may_come_back(self, settings: Any) -> None:
        settings.EMAIL_PORT = free_port()
        with pytest.raises(DeliveryError) as refused:
            self.channel().send(parcel())
        assert (refused.value.reason, refused.value.permanent) == ("ConnectionRefusedError", False)


def test_files_are_for_the_owner_alone(settings: Any) -> None:
    EmailFileChannel().send(parcel())
    ((path, _),) = files.newest()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(Path(settings.OUTBOX_DIR).stat().st_mode) == 0o700


def test_the_same_message_again_replaces_its_file() -> None:
    sent = parcel()
    for _ in range(2):
        EmailFileChannel().send(sent)
    assert len(files.newest()) == 1


def test_files_older_than_a_day_are_pruned(settings: Any, clock: FrozenClock) -> None:
    EmailFileChannel().send(parcel())
    half = Path(settings.OUTBOX_DIR) / "half.part"
    half.write_text("unfinished")
    kept = Path(settings.OUTBOX_DIR) / "notes.md"
    kept.write_text("not ours")
    clock.at = datetime.fromtimestamp(half.stat().st_mtime, tz=UTC) + timedelta(hours=23)
    TextFileChannel().send(parcel())
    files.prune()
    assert len(files.newest()) == 1
    clock.forward(hours=2)
    files.prune()
    assert len(files.newest()) == 1
    assert not half.exists()
    assert kept.exists()


def test_without_a_folder_there_is_nothing() -> None:
    assert files.newest() == []
    files.prune()


def test_the_newest_comes_first(clock: FrozenClock) -> None:
    for text in ("first", "second", "third"):
        EmailFileChannel().send(parcel(text=text))
        clock.forward(seconds=1)
    assert [plain(path.read_bytes()).strip() for path, _ in files.newest()] == [
        "third",
        "second",
        "first",
    ]


@pytest.mark.parametrize(
    "channel", [EmailChannel(), EmailFileChannel()], ids=lambda each: type(each).__name__
)
def test_no_domain_is_left_to_rules_of_yesterday(channel: Channel) -> None:
    """Django would write to fass.example, whose owner is another one."""
    with pytest.raises(DeliveryError) as refused:
        channel.send(parcel(to="q@faß.example"))
    assert (refused.value.reason, refused.value.permanent) == ("bad_address", True)
