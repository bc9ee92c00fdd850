"""A client of Nod's API, typed, with nothing but httpx: signs in with whichever method there is,
and keeps what it must.

    python docs/examples/client.py http://localhost:8000 alice

Run by a test of this project, so it works with the version it came with.
"""

import base64
import getpass
import hashlib
import secrets  # noqa: TID251 - a client has no seam of ours
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

Method = Literal["push", "totp", "email", "sms", "recovery"]
VERIFY = {
    "email": "verify-login-email-code",
    "sms": "verify-login-phone-code",
    "totp": "verify-totp-code",
    "recovery": "verify-recovery-code",
}
PATIENCE = 25  # seconds that the server may wait for the phone before it answers
SEND = {"email": "send-login-email-code", "sms": "send-login-phone-code"}


class Refused(Exception):
    """What the server said no to: `code` is for programs, the text for people."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(
            f"{problem['detail']} ({problem['code']}, request {problem['request_id']})"
        )
        self.code: str = problem["code"]


@dataclass
class Step:
    """A sign-in that needs more than the password. The verifier binds it to this client: nobody
    else can go on with the reference."""

    reference: str
    methods: list[Method]
    verifier: str = field(repr=False)


@dataclass
class Client:
    """`ask` is called for a code, with the method; `show` with the number that
    is to be typed on the phone."""

    http: httpx.Client
    ask: Callable[[Method], str]
    show: Callable[[str], None]
    device_id: str = ""
    token: str = ""

    def sign_in(self, username: str, password: str, method: Method | None = None) -> str:
        """Name and password, and the method if one is needed (the first that is offered, unless
        another is wanted). Gives the token."""
        verifier = secrets.token_urlsafe(48)
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
            .rstrip(b"=")
            .decode()
        )
        told = self._post(
            "auth/login", username=username, password=password, client_challenge=challenge
        )
        if not told["required_mfa"]:
            self.token = told["token"]
            return self.token
        step = Step(told["reference_id"], told["methods"], verifier)
        return self._finish(step, self._prove(step, method or step.methods[0]))

    def step_up(self, method: Method | None = None) -> str:
        """Proves it again, for a change that asks for it. The token is a new one afterwards."""
        told = self._post("auth/step-up")
        step = Step(told["reference_id"], told["methods"], "")
        return self._finish(step, self._prove(step, method or step.methods[0]))

    def me(self) -> dict[str, Any]:
        """The account."""
        return self._call("GET", "me")

    def log_out(self) -> None:
        """Ends the token."""
        self._call("DELETE", "logout")
        self.token = ""

    def _prove(self, step: Step, method: Method) -> str:
        return self._by_phone(step) if method == "push" else self._by_code(step, method)

    def _by_code(self, step: Step, method: Method) -> str:
        if method in SEND:
            self._step(step, SEND[method])
        key: str = self._step(step, VERIFY[method], code=self.ask(method))["private_key"]
        return key

    def _by_phone(self, step: Step) -> str:
        self.show(self._step(step, "send-login-push")["number"])
        while True:
            answer = self._send(
                "POST", "auth/verify-login-push", self._body(step), {"Prefer": f"wait={PATIENCE}"}
            )
            told = answer.json()
            if "private_key" in told:
                key: str = told["private_key"]
                return key
            # nobody waited: a server that cannot, or not for so many
            if "Preference-Applied" not in answer.headers:
                time.sleep(told["poll_after"])

    def _finish(self, step: Step, private_key: str) -> str:
        told = self._step(step, "login-with-mfa", private_key=private_key)
        self.token = told["token"]
        self.device_id = told["device_id"] or self.device_id
        return self.token

    def _step(self, step: Step, path: str, **body: str) -> dict[str, Any]:
        return self._post(f"auth/{path}", **self._body(step), **body)

    @staticmethod
    def _body(step: Step) -> dict[str, str]:
        verifier = {"client_verifier": step.verifier} if step.verifier else {}
        return {"reference_id": step.reference, **verifier}

    def _post(self, path: str, **body: str) -> dict[str, Any]:
        return self._call("POST", path, body)

    def _call(self, method: str, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
        answer = self._send(method, path, body)
        told: dict[str, Any] = answer.json() if answer.content else {}
        return told

    def _send(
        self,
        method: str,
        path: str,
        body: dict[str, str] | None,
        more: dict[str, str] | None = None,
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= {"X-Device-ID": self.device_id} if self.device_id else {}
        answer = self.http.request(method, f"/v1/{path}", json=body, headers=headers | (more or {}))
        if answer.is_error:
            raise Refused(answer.json())
        return answer


def main(origin: str, username: str) -> None:
    """Signs in and says who that was."""
    with httpx.Client(base_url=origin, timeout=PATIENCE + 10) as http:
        client = Client(
            http,
            ask=lambda method: input(f"Code ({method}): "),
            show=lambda number: print(f"Type on your phone: {number}"),  # noqa: T201
        )
        client.sign_in(username, getpass.getpass())
        print(f"Signed in as {client.me()['fullname']}.")  # noqa: T201
        client.log_out()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        main(sys.argv[1], sys.argv[2])
    except Refused as refused:
        sys.exit(str(refused))
