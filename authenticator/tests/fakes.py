"""Push services on loopback, with the browser behind them: they take what the real libraries send,
and answer as they are told.
"""

import base64
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from authenticator.canonical import base64url, canonical
from mfaproject.lib import tokens


@dataclass(frozen=True)
class Answer:
    """What the service says, after `delay` seconds. Status 0: it hangs up."""

    status: int = 201
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0.0


@dataclass(frozen=True)
class Seen:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes


class FakeService:
    """Answers each POST with `answer`, and keeps what came."""

    def __init__(self) -> None:
        self.answer = Answer()
        self.seen: list[Seen] = []
        self.ended = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        # Somebody did not wait for the answer.
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.port: int = self.server.server_address[1]
        self.origin = f"http://127.0.0.1:{self.port}"

    def answer_to(self, seen: Seen) -> Answer:
        self.seen.append(seen)
        return self.answer

    def _handler(fake) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - `self` is the handler's
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                answer = fake.answer_to(
                    Seen(
                        self.path,
                        {name.lower(): value for name, value in self.headers.items()},
                        body,
                    )
                )
                fake.ended.wait(answer.delay)
                if not answer.status:
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                for name, value in (
                    {"Content-Length": str(len(answer.body))} | dict(answer.headers)
                ).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_: Any) -> None:
                """Nothing on stderr."""

        return Handler


@contextmanager
def running(fake: FakeService) -> Iterator[FakeService]:
    """Serves until the block ends."""
    thread = threading.Thread(
        target=fake.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield fake
    finally:
        fake.ended.set()
        fake.server.shutdown()
        thread.join()
        fake.server.server_close()


class Browser:
    """The far end of a Web Push subscription: it alone can read what is sent."""

    def __init__(self, endpoint: str) -> None:
        self.key, self.auth = ec.generate_private_key(ec.SECP256R1()), tokens.new_id()
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.address = {
            "kind": "webpush",
            "endpoint": endpoint,
            "p256dh": base64url(point),
            "auth": self.auth,
        }

    @property
    def text(self) -> str:
        """The subscription text."""
        return canonical(self.address).decode()

    def read(self, body: bytes) -> dict[str, Any]:
        """The payload of a push."""
        raw = http_ece.decrypt(
            body, private_key=self.key, auth_secret=_decoded(self.auth), version="aes128gcm"
        )
        found: dict[str, Any] = json.loads(raw)
        return found


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@cache
def _account_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


class FakeGoogle(FakeService):
    """OAuth and FCM's v1 API. `answer` is for messages, `token_answer` for
    sign-ins; without one both say yes."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = Answer(200, body=b'{"name": "projects/nod-test/messages/1"}')
        self.token_answer: Answer | None = None
        self.sign_ins = 0

    @property
    def account(self) -> dict[str, Any]:
        """A service account of this Google alone."""
        pem = (
            _account_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        )
        who = {
            "type": "service_account",
            "project_id": "nod-test",
            "private_key_id": "k",
            "client_email": "nod@nod-test.iam.gserviceaccount.com",
        }
        return who | {"private_key": pem, "token_uri": f"{self.origin}/token"}

    def answer_to(self, seen: Seen) -> Answer:
        if seen.path != "/token":
            return super().answer_to(seen)
        self.sign_ins += 1
        _check_assertion(seen.body)
        good = {
            "access_token": f"ya29.{tokens.new_id()}",
            "expires_in": 3600,
            "token_type": "Bearer",
        }
        return self.token_answer or Answer(200, body=json.dumps(good).encode())

    def refuses(self, status: int, state: str, code: str = "", **more: Any) -> None:
        """From now on: an error as the v1 API writes it."""
        details = (
            [{"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code}]
            if code
            else []
        )
        error = {"code": status, "status": state, "message": "no", "details": details}
        self.answer = Answer(status, body=json.dumps({"error": error}).encode(), **more)


def _check_assertion(body: bytes) -> None:
    """The assertion is signed with the account's key."""
    head, _, signature = parse_qs(body.decode())["assertion"][0].rpartition(".")
    _account_key().public_key().verify(
        _decoded(signature), head.encode(), padding.PKCS1v15(), SHA256()
    )
