"""Models in shadow (RISK_CHALLENGERS): asked about each login beside the champion, noted in the
ledger, and without any say in it.
"""

import os
from collections.abc import Mapping
from time import monotonic
from typing import Any

from django.conf import settings

from mfaproject.lib import metrics
from risk.login.attempt import Attempt
from risk.login.history import History
from risk.serving import paths
from risk.serving.challenger import BUSY, TIMEOUT, Challenger, Opinion

BUDGET = 0.15
"""Seconds that a login waits for all of them together."""

_known: dict[tuple[int, str], Challenger] = {}


def opinions(attempt: Attempt, history: History) -> tuple[Mapping[str, Any], ...]:
    """One for each challenger, in the order of the setting; never raises. Call
    while nothing is locked."""
    if not settings.RISK_CHALLENGERS:
        return ()
    began = monotonic()
    asked = [(each, each.ask(attempt, history)) for each in _challengers()]
    found = [(each, each.answer(call, began, began + BUDGET)) for each, call in asked]
    for challenger, opinion in found:
        _count(challenger, opinion)
    return tuple(opinion.as_row() for _, opinion in found)


def update(attempt: Attempt, outcome: str) -> None:
    """Tells them how an attempt ended; takes no time and never raises."""
    for challenger in _challengers():
        challenger.tell(attempt, outcome)


def _challengers() -> list[Challenger]:
    return [
        _challenger(path) for path in dict.fromkeys(map(paths.present, settings.RISK_CHALLENGERS))
    ]


def _challenger(path: str) -> Challenger:
    """By process: a fork inherits no threads, so that what the parent knew would wait for ever."""
    key = os.getpid(), path
    # whoever loses a race has started nothing yet
    return _known.get(key) or _known.setdefault(key, Challenger(path, BUDGET))


def _count(challenger: Challenger, opinion: Opinion) -> None:
    if not opinion.error:
        metrics.model_answered("challenger", challenger.path, opinion.ms / 1000)
        return
    late = opinion.error in (TIMEOUT, BUSY)
    metrics.model_failed("challenger", challenger.path, opinion.error if late else "error")
    if late:
        challenger.reports.tell(f"no answer in shadow ({opinion.error})")
