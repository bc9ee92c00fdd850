"""Every call in every state of a sign-in, against one table."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.core.cache import cache

from accounts import journey
from accounts.api.fields import s256
from accounts.models import User
from accounts.services import attempts, security
from accounts.tests.api import Program, attempt_of, phone_says, refusal
from accounts.tests.helpers import phone
from mfaproject.lib.testing import FrozenClock, person

pytestmark = pytest.mark.django_db
VERIFIER = "v" * 43


@dataclass
class Walk:
    """A sign-in on its way: what its program holds, and the phone that could answer."""

    clock: FrozenClock
    user: User
    program: Program = field(default_factory=Program)
    reference: str = ""
    code: str = "123456"
    key: str = "k" * 43
    factor: int = 0

    def sent(self) -> None:
        self.code = self.program.mailed(self.reference)

    def asked(self) -> None:
        assert (
            self.program.call("auth/send-login-push", reference_id=self.reference).status_code
            == 202
        )

    def approved(self) -> None:
        self.asked()
        assert phone_says(self.reference, self.factor) == "approved"

    def proven_by_phone(self) -> None:
        self.approved()
        self.key = self.program.call("auth/verify-login-push", reference_id=self.reference).json()[
            "private_key"
        ]

    def proven_by_code(self) -> None:
        self.sent()
        answer = self.program.call(
            "auth/verify-login-email-code", reference_id=self.reference, code=self.code
        )
        self.key = answer.json()["private_key"]

    def finished(self) -> None:
        self.proven_by_code()
        done = self.program.call(
            "auth/login-with-mfa", reference_id=self.reference, private_key=self.key
        )
        assert done.status_code == 200


def nothing(walk: Walk) -> None:
    pass


def tried_out(walk: Walk) -> None:
    walk.sent()
    wrong = "000000" if walk.code != "000000" else "111111"
    for _ in range(5):
        walk.program.call("auth/verify-login-email-code", reference_id=walk.reference, code=wrong)


def unanswered(walk: Walk) -> None:
    walk.asked()
    walk.clock.forward(minutes=2)


def denied(walk: Walk) -> None:
    walk.proven_by_code()
    walk.asked()
    phone_says(walk.reference, walk.factor, "deny", "not_me")


def too_late(walk: Walk) -> None:
    walk.proven_by_code()
    walk.clock.forward(minutes=10)


def key_too_late(walk: Walk) -> None:
    walk.proven_by_phone()
    walk.clock.forward(seconds=121)


def moved_to(state: str) -> Callable[[Walk], None]:
    def move(walk: Walk) -> None:
        walk.proven_by_code()
        assert attempts.move(attempt_of(walk.reference), state)

    move.__name__ = state
    return move


def disavowed(walk: Walk) -> None:
    walk.finished()
    assert attempts.move(attempt_of(walk.reference), journey.FINISHED) is False
    attempt_of(walk.reference).__class__.objects.update(state=journey.DISAVOWED)


def password_changed(walk: Walk) -> None:
    walk.proven_by_phone()
    security.set_password(walk.user, "another one, quite long")


def epoch_renewed(walk: Walk) -> None:
    walk.proven_by_phone()
    User.objects.update(auth_epoch=7)


def disabled(walk: Walk) -> None:
    walk.proven_by_phone()
    User.objects.update(is_active=False)


def without_its_verifier(walk: Walk) -> None:
    walk.reference = walk.program.begin(client_challenge=s256(VERIFIER))
    walk.code = walk.program.mailed(walk.reference, client_verifier=VERIFIER)


def unknown(walk: Walk) -> None:
    walk.reference = "x" * 43


CALLS: dict[str, Callable[[Walk], dict[str, str]]] = {
    "send-login-email-code": lambda walk: {},
    "verify-login-email-code": lambda walk: {"code": walk.code},
    "send-login-push": lambda walk: {},
    "verify-login-push": lambda walk: {},
    "login-with-mfa": lambda walk: {"private_key": walk.key},
}
GONE = ("401 invalid_reference",) * 5
CODE, KEY, LATE = "401 invalid_code", "401 invalid_private_key", "410 expired"
# A state, and what it answers to: send a code, its right code, wake the phone, ask the phone's
# answer, the right private key.
TABLE: list[tuple[Callable[[Walk], None], tuple[str, ...]]] = [
    (nothing, ("202", CODE, "202", LATE, KEY)),
    (Walk.sent, ("429 rate_limited", "200", "202", LATE, KEY)),
    (tried_out, ("409 method_unavailable", "429 too_many_attempts", "202", LATE, KEY)),
    (Walk.asked, ("202", CODE, "202", "202", KEY)),
    (unanswered, ("202", CODE, "202", LATE, KEY)),
    (Walk.approved, ("202", CODE, "202", "200", KEY)),
    (Walk.proven_by_phone, ("202", CODE, "202", "200", "200")),
    (Walk.proven_by_code, ("429 rate_limited", LATE, "202", LATE, "200")),
    (key_too_late, ("202", CODE, "202", "200", KEY)),
    (denied, (*GONE[:3], "403 access_denied", GONE[0])),
    (too_late, GONE),
    (moved_to(journey.CANCELLED), GONE),
    (moved_to(journey.SUPERSEDED), GONE),
    (moved_to(journey.LOCKED), GONE),
    (moved_to(journey.DENIED), GONE),
    (Walk.finished, GONE),
    (disavowed, GONE),
    (password_changed, GONE),
    (epoch_renewed, GONE),
    (disabled, GONE),
    (without_its_verifier, GONE),
    (unknown, GONE),
]


@pytest.fixture
def walk(clock: FrozenClock) -> Walk:
    user: User = person()
    made = Walk(clock, user, factor=phone(user))
    made.reference = made.program.begin()
    return made


@pytest.mark.parametrize(
    ("reach", "call", "expected"),
    [
        (reach, call, answer)
        for reach, answers in TABLE
        for call, answer in zip(CALLS, answers, strict=True)
    ],
    ids=lambda value: value.__name__ if callable(value) else str(value).replace(" ", "-"),
)
def test_every_call_in_every_state(
    walk: Walk, reach: Callable[[Walk], None], call: str, expected: str
) -> None:
    reach(walk)
    cache.clear()  # how often somebody may ask is another table
    answer = walk.program.call(f"auth/{call}", reference_id=walk.reference, **CALLS[call](walk))
    got = (
        str(answer.status_code) if answer.status_code < 300 else " ".join(map(str, refusal(answer)))
    )
    assert got == expected
