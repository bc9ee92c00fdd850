"""PURE: did somebody say "this was not me" about the address in the last day? It never speaks
against a browser that the person knows.
"""

from risk.history.types import Held, History
from risk.login.attempt import Attempt
from risk.login.context import Finding
from risk.scoring.signals.words import many

HELD = 30
NAMES = frozenset({"disavowed_widely", "source_held", "source_named"})
WIDELY = 3
"""Established people who must name a source before it counts for others. Fewer could be one
person's doing.
"""


def look(attempt: Attempt, history: History) -> tuple[Finding, ...]:
    """At most one finding; "disavowed_widely" is a hard signal."""
    found = None if attempt.knows else _worst(history.held)
    return (found,) if found else ()


def _worst(held: Held) -> Finding | None:
    if held.disavowed_by >= WIDELY:
        people = many(held.disavowed_by, "person", "people")
        return Finding(
            "disavowed_widely",
            HELD,
            f"{people} undid a sign-in from this address.",
            {"people": held.disavowed_by},
        )
    if held.by_this_person:
        return Finding(
            "source_held",
            HELD,
            "A sign-in to this account from this address was called false in the last day.",
        )
    if held.named_by >= WIDELY:
        people = many(held.named_by, "person", "people")
        return Finding(
            "source_named",
            HELD,
            f"{people} called sign-ins from this address false.",
            {"people": held.named_by},
        )
    return None
