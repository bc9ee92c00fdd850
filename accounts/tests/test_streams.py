"""What a page, a program and a phone may wait for, and what each of them is counted by."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from pytest_django.fixtures import Settings

from accounts.api.fields import s256
from accounts.api.prefer import LONGEST, preferred
from accounts.journey import Ticket
from accounts.models import User
from accounts.services import attempts, poll, throttle
from accounts.tests.api import Program, attempt_of, phone_says, refusal
from accounts.tests.helpers import Browser, answer, phone
from accounts.tests.test_login import step_up
from mfa import poll as mfa_poll
from mfaproject.lib import held_answers, tokens
from mfaproject.lib.hub import WAITED, Hold, Hub
from mfaproject.lib.testing import FrozenClock, open_hub, person
from mfaproject.tests.statements import counted

pytestmark = pytest.mark.django_db
PATH = "auth/verify-login-push"


@pytest.fixture(autouse=True)
def hub() -> Iterator[Hub]:
    with open_hub() as opened:
        yield opened


@pytest.fixture
def alice() -> User:
    user: User = person()
    return user


@pytest.fixture
def pixel(alice: User) -> int:
    return phone(alice)


@pytest.fixture
def browser(pixel: int) -> Browser:
    made = Browser()
    made.sign_in()
    return made


def hold_of(browser: Browser, **environ: Any) -> Hold:
    response = browser.get("/login/events/", **environ)
    assert (response.status_code, response["Content-Type"], response["X-Accel-Buffering"]) == (
        200,
        "text/event-stream",
        "no",
    )
    hold = response.hold  # type: ignore[attr-defined]
    assert isinstance(hold, Hold)
    return hold


def test_a_page_waits_until_its_question_ends(clock: FrozenClock, alice: User) -> None:
    phone(alice)
    browser = Browser()
    browser.sign_in()
    clock.forward(seconds=20)
    hold = hold_of(browser)
    assert (hold.seconds, hold.events) == (101, True)
    clock.forward(seconds=100)
    assert browser.get("/login/events/").status_code == 204


def test_a_page_is_counted_by_its_journey_and_by_its_own_address_behind_a_proxy(
    browser: Browser, settings: Settings
) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    shares = dict(hold_of(browser, HTTP_X_FORWARDED_FOR="198.51.100.9, 2001:db8:1:2:3::4").shares)
    assert shares.pop("from:2001:db8:1:2::/64") == held_answers.PER_ADDRESS
    assert list(shares.values()) == [throttle.STREAMS_PER_JOURNEY]


@pytest.fixture
def told_meanwhile(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whenever a row has been looked at, something of it changes."""
    look = poll._look

    def slowly(ticket: Ticket) -> poll.Peek:
        seen = look(ticket)
        hub.tell([mfa_poll.journey(poll._subject(ticket))])
        return seen

    monkeypatch.setattr(poll, "_look", slowly)


@pytest.mark.usefixtures("told_meanwhile")
def test_what_was_told_while_the_page_was_looked_at_counts(browser: Browser, hub: Hub) -> None:
    assert hub.missed(hold_of(browser)) == "look"


def test_a_page_that_waits_costs_what_a_poll_costs(browser: Browser) -> None:
    cache.clear()
    for allowed in (1, 0):
        with counted() as statements:
            hold_of(browser)
        assert len(statements) <= allowed


def test_where_nobody_would_be_told_nobody_waits(browser: Browser, hub: Hub) -> None:
    hub.deafen()
    with counted() as statements:
        assert browser.get("/login/events/").status_code == 204
    assert not statements


def test_opening_streams_is_limited_by_the_journey_and_polls_are_not_touched(
    browser: Browser,
) -> None:
    for _ in range(throttle.STREAMS.rate):
        hold_of(browser)
    assert browser.get("/login/events/").status_code == 204
    assert browser.get("/login/state/").json()["state"] == "pending"


def test_the_challenge_of_a_program_opens_nothing_at_the_other_door(
    alice: User, pixel: int
) -> None:
    """It is no secret: only the verifier is. The answer for the program may be in the cache."""
    program, verifier = Program(), tokens.new_token()
    challenge = s256(verifier)
    reference = program.begin(client_challenge=challenge)
    assert (
        program.call(
            "auth/send-login-push", reference_id=reference, client_verifier=verifier
        ).status_code
        == 202
    )
    subject = attempts.subject(attempt_of(reference).reference_digest)
    poll._look(Ticket(reference, challenge, "api"))
    assert mfa_poll.kept(subject) is not None
    browser = Browser()
    browser.cookies["nod_login"] = f"{reference}.{challenge}"
    assert browser.get("/login/events/").status_code == 204
    assert browser.get("/login/state/").json()["state"] == "gone"


def test_an_answer_that_was_read_before_it_changed_is_not_put_back(
    alice: User, pixel: int, django_capture_on_commit_callbacks: Any
) -> None:
    step = step_up()
    subject = attempts.subject(attempts.reference_digest(step.ticket.reference))
    # by a poll that takes its time
    seen = poll._state(step.ticket, f"form:{attempts.binding_digest(step.ticket.binding)}")
    with django_capture_on_commit_callbacks(execute=True):
        answer(step, pixel)
    mfa_poll.keep(subject, seen)
    assert mfa_poll.kept(subject) is None
    told = poll.peek(step.ticket)
    assert isinstance(told, poll.Peek)
    assert told.state == "approved"


# Programs


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("wait=25", 25),
        ("wait=1", 1),
        ("wait=100", LONGEST),
        ("wait=0", 0),
        ("Wait = 10", 10),
        ('wait="10"', 10),
        ("respond-async, wait=10; foo=bar", 10),
        ("wait=10, wait=20", 10),
        ("", 0),
        ("wait", 0),
        ("wait=", 0),
        ("wait=-5", 0),
        ("wait=1e3", 0),
        ("wait=٣", 0),
        ("wait=9999999999", 0),
        ("waiting=10", 0),
        ("return=minimal", 0),
    ],
)
def test_a_preference_is_read_as_rfc_7240_has_it(header: str, seconds: int) -> None:
    assert preferred(header) == seconds


@pytest.fixture
def program(pixel: int) -> Program:
    return Program()


def asked(program: Program) -> str:
    reference = program.begin()
    assert program.call("auth/send-login-push", reference_id=reference).status_code == 202
    return reference


def verify(
    program: Program, reference: str, prefer: str = "wait=25", *, waited: bool | None = None
) -> Any:
    headers = {"prefer": prefer} if prefer else {}
    environ: Any = {} if waited is None else {WAITED: waited}
    return program.generic(
        "POST",
        f"/v1/{PATH}",
        f'{{"reference_id": "{reference}"}}',
        "application/json",
        headers=headers,
        **environ,
    )


def test_a_program_that_would_rather_wait_is_held_by_its_reference_while_the_question_lasts(
    program: Program, clock: FrozenClock
) -> None:
    reference = asked(program)
    hold = verify(program, reference).hold
    assert (hold.events, hold.seconds) == (False, 25)
    assert list(dict(hold.shares).values()) == [
        throttle.STREAMS_PER_JOURNEY,
        held_answers.PER_ADDRESS,
    ]
    assert hold.topics == (
        mfa_poll.journey(attempts.subject(attempt_of(reference).reference_digest)),
    )
    clock.forward(seconds=110)
    assert verify(program, reference).hold.seconds == 11


@pytest.mark.usefixtures("told_meanwhile")
def test_what_was_told_while_a_program_looked_counts(program: Program, hub: Hub) -> None:
    assert hub.missed(verify(program, asked(program)).hold) == "look"


@pytest.mark.parametrize("prefer", ["", "wait=0", "respond-async"])
def test_without_the_wish_a_program_is_answered_at_once(program: Program, prefer: str) -> None:
    answer = verify(program, asked(program), prefer)
    assert (answer.status_code, getattr(answer, "hold", None)) == (202, None)
    assert "Preference-Applied" not in answer


def test_where_nobody_would_be_told_a_program_is_answered_at_once_and_told_to_come_again(
    program: Program, hub: Hub
) -> None:
    reference = asked(program)
    hub.deafen()
    answer = verify(program, reference)
    assert (answer.status_code, answer.json()["poll_after"], answer.hold) == (202, 2, None)
    assert "Preference-Applied" not in answer


@pytest.mark.parametrize(("held", "applied"), [(True, "wait=25"), (False, None)])
def test_who_was_let_wait_is_answered_once_and_is_told_so(
    program: Program, held: bool, applied: str | None
) -> None:
    again = verify(program, asked(program), waited=held)
    assert (again.status_code, getattr(again, "hold", None), again.get("Preference-Applied")) == (
        202,
        None,
        applied,
    )


def test_an_answer_that_is_there_comes_at_once(program: Program, pixel: int) -> None:
    reference = asked(program)
    phone_says(reference, pixel)
    given = verify(program, reference)
    assert (given.status_code, given["Preference-Applied"]) == (200, "wait=25")


def test_who_waits_too_often_is_slowed_down_and_an_answer_that_came_later_counts_once(
    program: Program,
) -> None:
    reference = asked(program)
    for _ in range(throttle.POLL_API.rate):
        assert verify(program, reference).status_code == 202
        assert verify(program, reference, waited=True).status_code == 202
    assert refusal(verify(program, reference)) == (429, "slow_down")


def test_a_header_is_not_how_one_says_that_one_was_let_wait(program: Program) -> None:
    reference = asked(program)
    for _ in range(throttle.POLL_API.rate):
        verify(program, reference)
    answer = program.call(
        PATH, reference_id=reference, headers={"prefer": "wait=25", WAITED: "1", "nod-waited": "1"}
    )
    assert answer.status_code == 429


def test_pages_of_other_sites_may_say_and_read_it(program: Program, settings: Settings) -> None:
    settings.API_CORS_ORIGINS = ["https://app.example.org"]
    asking = {"origin": "https://app.example.org", "access-control-request-method": "POST"}
    assert (
        "Prefer" in program.options(f"/v1/{PATH}", headers=asking)["Access-Control-Allow-Headers"]
    )
    told = program.call(PATH, headers=asking, reference_id=asked(program))
    assert "Preference-Applied" in told["Access-Control-Expose-Headers"]
