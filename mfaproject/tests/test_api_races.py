"""Races at the API's door, over HTTP, on PostgreSQL: each one-time value succeeds once, whoever
asks how often at once.
"""

from collections import Counter
from functools import partial
from typing import Any

import httpx
import pytest

from accounts.models import LoginAttempt, Session, User
from accounts.services import security
from accounts.tests.api import attempt_of, phone_says
from accounts.tests.helpers import code_to, mailbox, phone
from mfaproject.lib.patience import PATIENCE
from mfaproject.lib.racing import failures, together
from mfaproject.lib.testing import PASSWORD, person

pytestmark = [
    pytest.mark.races,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("messages_in_memory"),
]
AT_ONCE = 12


@pytest.fixture
def alice() -> User:
    user: User = person()
    mailbox(user)
    return user


class Caller:
    """A program that knows a server's address."""

    def __init__(self, url: str) -> None:
        self.url = url

    def call(self, path: str, **body: str) -> httpx.Response:
        return httpx.post(f"{self.url}/v1/auth/{path}", json=body, timeout=PATIENCE)

    def begin(self) -> str:
        answer = self.call("login", username="alice", password=PASSWORD)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["reference_id"])

    def mailed(self, reference: str) -> str:
        assert self.call("send-login-email-code", reference_id=reference).status_code == 202
        return code_to("alice@example.org")

    def proven(self, reference: str) -> dict[str, str]:
        answer = self.call(
            "verify-login-email-code", reference_id=reference, code=self.mailed(reference)
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def at_once(
        self, path: str, body: dict[str, str], times: int = AT_ONCE
    ) -> list[httpx.Response]:
        results = together(*[lambda: self.call(path, **body)] * times)
        assert not failures(results), results
        return [result for result in results if isinstance(result, httpx.Response)]


@pytest.fixture
def caller(live_server: Any) -> Caller:
    return Caller(live_server.url)


def test_one_private_key_gives_one_token(alice: User, caller: Caller) -> None:
    given = caller.proven(caller.begin())
    statuses = Counter(answer.status_code for answer in caller.at_once("login-with-mfa", given))
    assert statuses == {200: 1, 401: AT_ONCE - 1}
    assert Session.objects.count() == 1


def test_one_code_gives_one_private_key(alice: User, caller: Caller) -> None:
    reference = caller.begin()
    answers = caller.at_once(
        "verify-login-email-code",
        {"reference_id": reference, "code": caller.mailed(reference)},
        times=5,
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 410: 4}


def test_of_a_burst_of_wrong_codes_five_are_looked_at(alice: User, caller: Caller) -> None:
    reference = caller.begin()
    wrong = "000000" if caller.mailed(reference) != "000000" else "111111"
    answers = caller.at_once(
        "verify-login-email-code", {"reference_id": reference, "code": wrong}, times=20
    )
    assert Counter(answer.status_code for answer in answers) == {401: 5, 429: 15}
    assert all(
        int(answer.headers["Retry-After"]) > 0 for answer in answers if answer.status_code == 429
    )
    assert attempt_of(reference).private_key_digest == ""


def test_of_many_keys_for_one_approval_one_works(alice: User, caller: Caller) -> None:
    factor = phone(alice)
    reference = caller.begin()
    caller.call("send-login-push", reference_id=reference)
    phone_says(reference, factor)
    given = [
        answer.json()
        for answer in caller.at_once("verify-login-push", {"reference_id": reference})
        if answer.status_code == 200
    ]
    assert given
    results = together(*[partial(caller.call, "login-with-mfa", **one) for one in given])
    assert not failures(results)
    assert (
        sum(isinstance(result, httpx.Response) and result.status_code == 200 for result in results)
        <= 1
    )
    assert Session.objects.count() <= 1
    assert LoginAttempt.objects.filter(state="finished").count() == Session.objects.count()


def test_a_password_change_beside_the_last_step_leaves_no_token_alive(
    alice: User, caller: Caller
) -> None:
    given = caller.proven(caller.begin())
    done, _ = together(
        partial(caller.call, "login-with-mfa", **given),
        partial(security.set_password, alice, "another one, quite long"),
    )
    assert isinstance(done, httpx.Response)
    if done.status_code == 200:
        me = httpx.get(
            f"{caller.url}/v1/me",
            headers={"Authorization": f"Bearer {done.json()['token']}"},
            timeout=PATIENCE,
        )
        assert me.status_code == 401
    else:
        assert done.json()["code"] == "invalid_reference"


def test_a_no_beside_the_last_step_leaves_one_end(alice: User, caller: Caller) -> None:
    factor = phone(alice)
    reference = caller.begin()
    caller.call("send-login-push", reference_id=reference)
    phone_says(reference, factor)
    given = caller.call("verify-login-push", reference_id=reference).json()
    done, said = together(
        partial(caller.call, "login-with-mfa", **given),
        partial(phone_says, reference, factor, "deny", "cancelled"),
    )
    assert isinstance(done, httpx.Response)
    assert (done.status_code == 200) is (said == "lost")
    assert Session.objects.count() == (said == "lost")
