"""Sign-ins that the tests of scores tell of: each an attempt with the history before it."""

from datetime import UTC, datetime
from typing import Any

from risk.login import agents, chains
from risk.login.attempt import Attempt
from risk.login.history import Count, FailureCount, Failures, Held, History, Lately, Step, Success
from risk.tests.helpers import CHROME, FIREFOX, FIREFOX_144, HOME, HOME_TOO, attempt, seen, steps

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)  # a Tuesday
THEN = NOON.timestamp()
DAY = 86_400.0
CROWD = seen(60, 6)
NEVER = Count()


def coming(
    ip: str | None = HOME,
    place: tuple[str, int] = ("DE", 3320),
    agent: str = FIREFOX,
    **facts: Any,
) -> Attempt:
    """At noon, from a German address, unless told otherwise."""
    told = {"at": NOON, "user_agent": agent, "country": place[0], "placed": ip is not None}
    return attempt(
        **told,
        chains=(
            chains.cookie(facts.get("knows", False)),
            chains.address(ip, *place),
            chains.agent(agents.read(agent)),
            chains.hours(NOON),
        ),
        **facts,
    )


def after(coming_so: Attempt, times: int = 40, *, shown: int = 38, **known: int) -> History:
    """Of so many sign-ins, of which `shown` came in a known browser. `address=3`: the first three
    nodes of that chain were seen, the others never; a chain that is not named was seen whole."""
    found = {
        chain[0].chain: steps(
            chain, *[seen(times)] * known.get(chain[0].chain, len(chain)), everybody=CROWD
        )
        for chain in coming_so.chains[1:]
        if chain
    }
    cookie = seen(shown if coming_so.knows else times - shown)
    found["cookie"] = steps(coming_so.chains[0], seen(times), cookie)
    return History(found, last_at=THEN - DAY)


KNOWN: dict[str, Any] = {"knows": True, "cookie": "known"}
AT_HOME, NEW = coming(**KNOWN), coming()
ABROAD = coming("203.119.40.7", ("JP", 2500))
LISTED = coming(HOME_TOO, listed=frozenset({"vpn", "hosting"}), provider="Hetzner Online GmbH")


def with_failures(past: History) -> History:
    counted = {
        "account": FailureCount(6.0, 6, 9, 1),
        "source": FailureCount(18.0, 22, 24, 21, 1),
    }
    return replaced(past, failures=Failures(**counted))


def replaced(past: History, **parts: Any) -> History:
    told = {name: getattr(past, name) for name in ("chains", "failures", "held", "lately")}
    return History(**(told | {"last_at": past.last_at} | parts))


def named(past: History) -> History:
    """Second factors have failed at this network, and hardly anybody lives there."""
    address = tuple(
        Step(step.node, step.mine, seen(2, 1), seen(12)) for step in past.chains["address"]
    )
    return replaced(past, chains=past.chains | {"address": address})


SCENES: dict[str, tuple[Attempt, History]] = {
    "at home": (AT_HOME, after(AT_HOME)),
    "a known browser elsewhere": (AT_HOME, after(AT_HOME, address=1)),
    "a known browser that became older": (
        coming(**KNOWN, outdated=True),
        after(coming(**KNOWN)),
    ),
    "a known browser that is another one": (
        coming(agent=CHROME, **KNOWN, changed=True),
        after(coming(agent=CHROME, **KNOWN), agent=1),
    ),
    "strangers fail around a known browser": (AT_HOME, with_failures(after(AT_HOME))),
    "a new browser at home": (NEW, after(NEW, agent=3)),
    "a new browser of somebody who never keeps one": (NEW, after(NEW, shown=0)),
    "a stranger from abroad": (ABROAD, after(ABROAD, address=1, agent=1, hours=2)),
    "a copied cookie": (coming(cookie="stolen"), after(NEW)),
    "strangers fail around a new browser": (NEW, with_failures(after(NEW))),
    "a source that was called false": (
        NEW,
        replaced(after(NEW), held=Held(by_this_person=True)),
    ),
    "a source that is refused": (
        NEW,
        with_failures(replaced(after(NEW), held=Held(disavowed_by=3))),
    ),
    "a place where second factors fail": (NEW, named(after(NEW, address=3))),
    "a network that hides people": (LISTED, after(LISTED, address=3)),
    "too far to have travelled": (
        ABROAD,
        replaced(
            after(ABROAD, address=1),
            lately=Lately((Success(THEN - 3600, "DE", placed=True),)),
        ),
    ),
    "after half a year": (NEW, replaced(after(NEW), last_at=THEN - 170 * DAY)),
    "right after a new password": (
        NEW,
        replaced(after(NEW, address=3), lately=Lately(password_at=THEN - 7200)),
    ),
    "the very first": (NEW, History({}, last_at=None)),
    "from a private address": (coming(None), after(coming(None))),
    "where countries are unknown": (
        coming(place=("", 0)),
        after(coming(place=("", 0)), address=1),
    ),
    "an older version than ever": (
        coming(agent=FIREFOX_144),
        after(coming(agent=FIREFOX_144), agent=4),
    ),
}
