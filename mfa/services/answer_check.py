"""Asks a kind of factor whether an answer is right, and trusts it no further than that: a fault in
one must not open a door, nor give tries for nothing.
"""

import logging

from django.db import DatabaseError

from mfa.registry.base import Factor, Facts, Match

log = logging.getLogger("nod.mfa")


def matched(factor: Factor, facts: Facts, answer: object) -> Match | None:
    """What a right answer uses up, None for a wrong one. Wrong is also what makes the kind fail,
    and what it says of a factor that was not asked."""
    try:
        match = factor.check(facts, answer)
    except DatabaseError:
        raise
    except Exception as fault:  # noqa: BLE001 - whatever another's kind raises
        # Neither message nor stack: they may quote what was typed.
        told = {"kind": factor.kind, "error": type(fault).__name__}
        log.error("a kind of factor failed: the answer counts as wrong", extra=told)  # noqa: TRY400
        return None
    return match if match is not None and _was_asked(factor, facts, match) else None


def _was_asked(factor: Factor, facts: Facts, match: Match) -> bool:
    """Where there are several, the kind must say which it was: else nothing would be used up."""
    answered = match.factor_id or facts.factor_id
    asked = {facts.factor_id, *(each.id for each in facts.candidates)}
    return answered in asked and (answered is not None or not factor.has_several)
