"""What strangers do, behind the same address or with the same name, takes nothing from the owner's
own browser.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import pytest

from accounts import sessions
from accounts.journey import Admitted, Limited, Refused, StepUp
from accounts.models import Failures, Link, LoginAttempt, User
from accounts.services import links, login, passwords, proof, throttle
from accounts.tests.api import Program
from accounts.tests.helpers import CHROME, Browser, answer, arriving, attempt_of, mailbox, phone
from mfaproject.lib.limits import Limit
from mfaproject.lib.testing import PASSWORD, frozen, person
from mfaproject.tests.statements import counted
from risk import services as risk

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def alice() -> User:
    user: User = person()
    mailbox(user)
    return user


@pytest.fixture(params=["with the cache", "without it"])
def cache_or_rows(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.param == "with the cache":
        yield
    else:
        with mock.patch("mfaproject.lib.limits._count", side_effect=OSError):
            yield


def begin(
    name: str = "alice", password: str = PASSWORD, **arrival: Any
) -> Admitted | StepUp | Refused | Limited:
    return login.begin(arriving(**arrival), name=name, password=password)


def known(user: User, **arrival: Any) -> str:
    """The cookie of a browser that the person has just approved."""
    factor = phone(user)
    step = begin(user.username, **arrival)
    assert isinstance(step, StepUp)
    answer(step, factor)
    result = login.finish(step.ticket, arriving(**arrival))
    assert isinstance(result, Admitted)
    assert result.browser_cookie
    return result.browser_cookie


# The limits of an address


def failing_here(times: int = 10) -> None:
    for n in range(times):
        begin(f"name{n}", "wrong")


def flooding_here() -> None:
    for _ in range(throttle.ADDRESS_ALL.rate):
        begin("nobody", "wrong")


FLOODS = pytest.mark.parametrize("flood", [failing_here, flooding_here])


@FLOODS
def test_a_known_browser_is_heard_while_strangers_of_its_network_wait(
    alice: User, flood: Any, cache_or_rows: None
) -> None:
    cookie = known(alice)
    flood()
    assert isinstance(begin(), Limited)
    assert isinstance(begin(cookie=cookie), Admitted)


@FLOODS
def test_known_to_somebody_else_is_a_stranger(alice: User, flood: Any, cache_or_rows: None) -> None:
    bobs = known(person("bob"))
    flood()
    assert isinstance(begin(cookie=bobs), Limited)


def test_what_a_known_browser_mistypes_is_not_counted_with_strangers(alice: User) -> None:
    cookie = known(alice)
    for _ in range(12):
        assert begin(password="wrong", cookie=cookie) == Refused()
    assert isinstance(begin(), StepUp)


def test_a_known_browser_has_a_limit_of_its_own(alice: User, cache_or_rows: None) -> None:
    cookie, other = known(alice), known(alice, ip="203.0.113.9")
    with mock.patch.object(throttle, "KNOWN_ALL", Limit("few", 3, 60)):
        assert isinstance(begin(cookie=cookie), Admitted)
        assert [begin(password="wrong", cookie=cookie) for _ in range(2)] == [Refused()] * 2
        wait = begin(cookie=cookie)
        assert isinstance(wait, Limited)
        assert 55 <= wait.retry_after <= 60
        assert isinstance(begin(cookie=other, ip="203.0.113.9"), Admitted), (
            "her other browser has its own"
        )
        assert isinstance(begin("bob", cookie=cookie), Refused), (
            "for others it is a stranger, and counted as one"
        )


@pytest.mark.parametrize(("seconds", "told"), [(0, 60), (20.5, 40), (59, 1)])
def test_the_wait_of_a_network_is_told_as_it_is(alice: User, seconds: float, told: int) -> None:
    with frozen(NOON) as now:
        failing_here()
        now.forward(seconds=seconds)
        assert begin() == Limited(told)
        now.forward(seconds=told)
        assert isinstance(begin(), StepUp), "what was told was true"


# Open sign-ins


def test_an_office_full_of_open_sign_ins_shuts_nobody_out(alice: User) -> None:
    cookie = known(alice)
    for n in range(throttle.LIVE_PER_ADDRESS):
        user = person(f"user{n}")
        mailbox(user)
        assert isinstance(begin(user.username), StepUp)
    assert isinstance(begin(cookie=cookie), Admitted)
    newcomer = person("newcomer")
    mailbox(newcomer)
    assert isinstance(begin("newcomer"), StepUp)


def test_what_somebody_left_open_there_ends_when_she_opens_another(alice: User) -> None:
    with mock.patch.object(throttle, "LIVE_PER_ADDRESS", 4):
        hers = [begin(), begin(), begin(ip="203.0.113.9")]
        others = [begin(name) for name in (people_with_mail("bob"), people_with_mail("carol"))]
        begin()
    states = {
        step.ticket.reference: attempt_of(step.ticket).state
        for step in [*hers, *others]
        if isinstance(step, StepUp)
    }
    assert list(states.values()) == ["superseded", "superseded", "step_up", "step_up", "step_up"], (
        "hers from there, and nobody else's"
    )


def people_with_mail(name: str) -> str:
    mailbox(person(name))
    return name


def test_known_browsers_do_not_count_there(alice: User) -> None:
    cookie = known(alice)
    usual = risk.assess
    odd = mock.patch.object(
        risk, "assess", lambda **given: replace(usual(**given), decision="step_up", required="weak")
    )
    with mock.patch.object(throttle, "LIVE_PER_ADDRESS", 1):
        with odd:
            assert isinstance(begin(cookie=cookie), StepUp)
        first = begin(people_with_mail("bob"))
        begin("bob")
    assert isinstance(first, StepUp)
    assert attempt_of(first.ticket).state == "superseded", "one of his own was open there"
    assert LoginAttempt.objects.filter(user=alice, state="step_up").count() == 1


# Inside a session


@pytest.fixture
def session(alice: User) -> sessions.BrowserSession:
    _, key = sessions.open_session(alice, sessions.Evidence("strong"), epoch=alice.auth_epoch)
    return sessions.load(key)


def prove(session: sessions.BrowserSession, password: str = PASSWORD) -> StepUp | Refused | Limited:
    return proof.begin(arriving(), session, password=password, next_url="/")


@FLOODS
def test_proving_it_again_waits_for_no_stranger_of_the_network(
    session: sessions.BrowserSession, flood: Any
) -> None:
    flood()
    assert isinstance(prove(session), StepUp)
    assert isinstance(proof.begin_with_token(arriving(door="api"), session), StepUp)


def test_nor_for_strangers_who_guess_at_the_name(session: sessions.BrowserSession) -> None:
    for n in range(6):
        begin(password="wrong", ip=f"203.0.113.{n}")
    assert isinstance(prove(session), StepUp)


def test_what_is_mistyped_there_counts_for_that_session_alone(
    alice: User, session: sessions.BrowserSession
) -> None:
    with frozen(NOON) as now:
        assert [prove(session, "wrong") for _ in range(5)] == [Refused()] * 5
        assert prove(session) == Limited(30)
        assert isinstance(begin(), StepUp)
        _, key = sessions.open_session(alice, sessions.Evidence("strong"), epoch=alice.auth_epoch)
        assert isinstance(prove(sessions.load(key)), StepUp)
        now.forward(seconds=30)
        assert isinstance(prove(session), StepUp)


# Pages of mailed links

PAGES = {
    Link.Purpose.RESET: "/reset/new/",
    Link.Purpose.DISAVOW: "/disavow/",
    Link.Purpose.UNDO: "/undo/",
    Link.Purpose.ENROL: "/enrol/",
}


@pytest.mark.parametrize(("purpose", "path"), PAGES.items())
def test_who_holds_a_live_link_waits_for_nobody_who_holds_none(
    alice: User, purpose: Link.Purpose, path: str
) -> None:
    stranger, owner = Browser(), Browser()
    for token in (links.issue(alice, purpose), links.issue(alice, purpose)):
        for _ in range(21):
            last = stranger.get(path)
        assert last.status_code == 429
        owner.get(f"/link/{purpose}/{token}/")
        assert [owner.get(path).status_code for _ in range(21)] == [200] * 20 + [429], (
            "20 of its own, and not the other link's"
        )


def test_the_same_at_the_door_of_programs(alice: User) -> None:
    token, program = links.issue(alice, Link.Purpose.DISAVOW), Program()
    for _ in range(21):
        last = program.get("/v1/hacked/disavow", {"ref": "x" * 43})
    assert last.status_code == 429
    assert program.get("/v1/hacked/disavow", {"ref": token}).status_code == 200
    assert program.call("hacked/disavow", ref=token).status_code == 200


# Names that wait


def test_tries_at_a_name_that_waits_count_for_their_network_and_do_not_lengthen_its_wait(
    alice: User,
) -> None:
    with frozen(NOON):
        for n in range(5):
            begin(password="wrong", ip=f"203.0.113.{n}")
        before = Failures.objects.get(key=throttle.name_row("alice", "other"))
        assert [begin() for _ in range(10)] == [Refused()] * 10
        assert begin() == Limited(60)
        after = Failures.objects.get(key=throttle.name_row("alice", "other"))
    assert (after.count, after.since, after.last_at) == (before.count, before.since, before.last_at)


def ends() -> dict[str, tuple[str, str]]:
    """Every reason for which a sign-in is refused, as a name and a password."""
    mailbox(person("wrong"))
    mailbox(person("blocked"))
    person("without", password=None)
    User.objects.filter(pk=person("inactive").pk).update(is_active=False)
    mailbox(person("throttled"))
    names = {
        name: (name, PASSWORD)
        for name in ("blocked", "without", "inactive", "throttled", "unknown")
    }
    return names | {"wrong": ("wrong", "not this")}


def shapes(statements: list[str]) -> list[str]:
    return [
        " ".join(
            sql.split()[:3]
            if not sql.startswith("SELECT")
            else sql.split(" FROM ", 1)[1].split()[:1]
        )
        for sql in statements
    ]


@pytest.mark.parametrize("tried_before", [False, True], ids=["the first try", "a later one"])
@pytest.mark.parametrize("door", ["form", "api"])
def test_every_refused_sign_in_asks_the_database_the_same(
    db: None, tried_before: bool, door: str
) -> None:
    found: dict[str, list[str]] = {}
    usual = risk.assess
    with mock.patch.object(
        risk, "assess", lambda **given: replace(usual(**given), decision="block")
    ):
        for n, (end, (name, password)) in enumerate(ends().items()):
            if end == "throttled":
                for _ in range(5):
                    throttle.name_failed(throttle.name_row(name, "other"))
            who = {"ip": f"203.0.113.{n}", "door": door}
            if tried_before:
                begin(name, password, **who)
            with counted() as statements:
                assert begin(name, password, **who) == Refused()
            found[end] = shapes(statements)
    assert len({tuple(shape) for shape in found.values()}) == 1, found


# The queue of hashes


@pytest.mark.parametrize(("name", "first"), [("alice", True), ("bob", False), ("nobody", False)])
def test_first_at_the_hash_is_who_is_known_for_the_name_typed(
    alice: User, name: str, first: bool
) -> None:
    person("bob")
    cookie = known(alice)
    with mock.patch.object(passwords.gate, "slot", wraps=passwords.gate.slot) as slot:
        begin(name, cookie=cookie)
    assert slot.call_args.kwargs == {"known": first}


def test_without_a_cookie_nobody_is_first(alice: User) -> None:
    with mock.patch.object(passwords.gate, "slot", wraps=passwords.gate.slot) as slot:
        begin(user_agent=CHROME)
    assert slot.call_args.kwargs == {"known": False}
