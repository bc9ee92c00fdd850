"""A program at the API's door, for tests: it speaks JSON and keeps nothing but what it is given."""

import json
from typing import Any

from django.core.cache import cache
from django.test import Client

from accounts.models import LoginAttempt
from accounts.services import attempts
from accounts.tests.helpers import code_to
from mfa import poll
from mfa.factors.push import answers
from mfaproject.lib.testing import PASSWORD

CURL = "curl/8.14.1"


class Program(Client):
    """`program.call("auth/login", username=…)`: a POST, or what `method` says."""

    def __init__(self, ip: str = "198.51.100.7", user_agent: str = CURL) -> None:
        super().__init__(REMOTE_ADDR=ip, headers={"user-agent": user_agent})
        self.token = ""

    def call(self, path: str, method: str = "POST", headers: Any = None, **body: Any) -> Any:
        """One request with a JSON body, and with the token where there is one."""
        sent = {"authorization": f"Bearer {self.token}"} if self.token else {}
        return self.generic(
            method,
            f"/v1/{path}",
            json.dumps(body),
            "application/json",
            headers=sent | (headers or {}),
        )

    def get_page(self, path: str, **query: Any) -> Any:
        """A GET with the token."""
        return self.get(
            f"/v1/{path}",
            query,
            headers={"authorization": f"Bearer {self.token}"} if self.token else {},
        )

    def begin(
        self, name: str = "alice", password: str = PASSWORD, headers: Any = None, **more: str
    ) -> str:
        """The password; gives the reference of the sign-in."""
        answer = self.call("auth/login", headers=headers, username=name, password=password, **more)
        assert answer.status_code == 200, answer.content
        assert answer.json()["required_mfa"] is True
        return str(answer.json()["reference_id"])

    def mailed(self, reference: str, address: str = "alice@example.org", **more: str) -> str:
        """Has a code sent; gives it."""
        assert (
            self.call("auth/send-login-email-code", reference_id=reference, **more).status_code
            == 202
        )
        return code_to(address)

    def key(self, reference: str, address: str = "alice@example.org", **more: str) -> str:
        """A code by mail, typed; gives the private key."""
        answer = self.call(
            "auth/verify-login-email-code",
            reference_id=reference,
            code=self.mailed(reference, address, **more),
            **more,
        )
        assert answer.status_code == 200, answer.content
        return str(answer.json()["private_key"])

    def sign_in(self, name: str = "alice", headers: Any = None) -> Any:
        """The whole way with a code by mail; keeps the token and gives the last answer."""
        self.token = ""
        reference = self.begin(name, headers=headers)
        key = self.key(reference, f"{name}@example.org")
        answer = self.call(
            "auth/login-with-mfa", headers=headers, reference_id=reference, private_key=key
        )
        assert answer.status_code == 200, answer.content
        self.token = answer.json()["token"]
        return answer


def attempt_of(reference: str) -> LoginAttempt:
    """The row, whatever its state."""
    return LoginAttempt.objects.get(reference_digest=attempts.reference_digest(reference))


def phone_says(
    reference: str,
    factor_id: int,
    decision: str = "approve",
    reason: str | None = None,
    *,
    right: bool = True,
) -> str:
    """The phone answers the open question of a sign-in."""
    attempt = attempt_of(reference)
    assert attempt.push is not None
    question = answers.question(attempt.push.public_id, attempt.user_id)
    assert question is not None
    # as the commit does, which no test waits for
    cache.delete(poll.key(attempts.subject(attempt.reference_digest)))
    return answers.decide(
        question,
        factor_id=factor_id,
        decision=decision,  # type: ignore[arg-type]
        reason=reason,
        number_right=right,
        body_digest="d" * 43,
    )


def refusal(answer: Any) -> tuple[int, str]:
    """Status and code of a problem document, after a look at the rest of it."""
    told = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert told["request_id"] == answer["X-Request-ID"]
    assert told["status"] == answer.status_code
    assert ("Retry-After" in answer) is (answer.status_code in (429, 503))
    assert ("WWW-Authenticate" in answer) is (
        answer.status_code == 401 or told["code"] == "proof_required"
    )
    return answer.status_code, told["code"]
