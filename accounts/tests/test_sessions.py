"""The row is the session's life."""

from datetime import UTC, datetime

import pytest

from accounts import sessions
from accounts.models import Session, User
from mfaproject.lib import tokens
from mfaproject.lib.testing import frozen, person

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def alice() -> User:
    user: User = person()
    return user


def opened(user: User, proof: str = "strong", **evidence: object) -> str:
    return sessions.open_session(user, sessions.Evidence(proof, **evidence), epoch=user.auth_epoch)[  # type: ignore[arg-type]
        1
    ]


def test_the_key_is_kept_as_a_digest(alice: User) -> None:
    key = opened(alice)
    assert key not in str(Session.objects.values())
    assert sessions.load(key).user == alice


@pytest.mark.parametrize("key", [None, "", "x", "x" * 43, "x" * 5000, "é" * 43])
def test_any_other_cookie_is_nobody(alice: User, key: str | None) -> None:
    opened(alice)
    assert sessions.load(key).user is None


@pytest.mark.parametrize(
    ("staff", "idle_hours", "alive"),
    [(False, 23.9, True), (False, 24.1, False), (True, 0.9, True), (True, 1.1, False)],
)
def test_an_idle_session_ends_after_a_day_and_a_staff_one_after_an_hour(
    staff: bool, idle_hours: float, alive: bool
) -> None:
    with frozen(NOON) as clock:
        key = opened(person("boss", is_staff=staff))
        clock.forward(hours=idle_hours)
        assert (sessions.load(key).user is not None) is alive


@pytest.mark.parametrize(("staff", "hours"), [(False, 14 * 24), (True, 12)])
def test_a_busy_session_ends_all_the_same(staff: bool, hours: int) -> None:
    with frozen(NOON) as clock:
        key = opened(person("boss", is_staff=staff))
        for _ in range(hours * 2):
            clock.forward(minutes=29)
            assert sessions.load(key).user is not None
        clock.forward(hours=hours)
        assert sessions.load(key).user is None


def test_being_seen_is_written_once_a_minute(
    alice: User, django_assert_num_queries: object
) -> None:
    with frozen(NOON) as clock:
        key = opened(alice)
        with django_assert_num_queries(1):  # type: ignore[operator]
            sessions.load(key)
        clock.forward(seconds=61)
        with django_assert_num_queries(2):  # type: ignore[operator]
            sessions.load(key)


@pytest.mark.parametrize("end", ["epoch", "inactive", "renew", "end", "others", "one"])
def test_every_end_is_the_end_at_the_next_request(alice: User, end: str) -> None:
    key, other = opened(alice), opened(alice)
    session = sessions.load(key)
    match end:
        case "epoch":
            User.objects.update(auth_epoch=tokens.new_epoch())
        case "inactive":
            User.objects.update(is_active=False)
        case "renew":
            sessions.renew_epoch(alice.pk)
        case "end":
            sessions.end(session)
        case "others":
            sessions.end_others(sessions.load(other))
        case "one":
            assert sessions.end_one(alice.pk, session.public_id)
    assert sessions.load(key).user is None


def test_nobody_ends_a_session_of_somebody_else(alice: User) -> None:
    key = opened(alice)
    assert not sessions.end_one(person("mallory").pk, sessions.load(key).public_id)
    assert sessions.load(key).user == alice


def test_a_proof_given_again_comes_with_a_new_key(alice: User) -> None:
    key = opened(alice, "password")
    row = sessions.load(key).row
    assert row is not None
    renewed = sessions.renew_proof(row.pk, proof="strong", factor="push", factor_id=7)
    assert renewed is not None
    newer = renewed[1]
    assert newer is not None
    assert sessions.load(key).user is None
    assert sessions.load(newer).proof == "strong"


def test_an_ended_session_gets_no_new_proof(alice: User) -> None:
    row = sessions.load(opened(alice, "password")).row
    assert row is not None
    sessions.renew_epoch(alice.pk)
    assert sessions.renew_proof(row.pk, proof="strong", factor="push", factor_id=7) is None


def test_who_changes_something_goes_on_in_this_browser_alone(alice: User) -> None:
    with frozen(NOON) as clock:
        key, other = opened(alice, browser="b" * 22), opened(alice)
        clock.forward(minutes=5)
        session = sessions.load(key)
        newer = sessions.carry_over(session, sessions.renew_epoch(alice.pk))
        assert [sessions.load(each).user for each in (key, other)] == [None, None]
        carried = sessions.load(newer)
        assert (carried.proof, carried.browser, carried.proven_at) == ("strong", "b" * 22, NOON)


def test_a_session_from_an_enrolment_link_lives_half_an_hour(alice: User) -> None:
    with frozen(NOON) as clock:
        key = opened(alice, "enrol")
        clock.forward(minutes=29)
        assert sessions.load(key).is_enrolment
        clock.forward(minutes=2)
        assert sessions.load(key).user is None
