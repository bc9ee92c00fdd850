"""The model that decides. If it fails nothing is known of a login, so that it is asked for all
there is: a fault never opens a door.
"""

from collections.abc import Callable
from functools import lru_cache
from time import perf_counter
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from mfaproject.lib import metrics
from risk.login.attempt import Attempt
from risk.login.context import Finding
from risk.login.history import History
from risk.scoring.model import RiskModel, Scored, checked, label
from risk.serving import paths
from risk.serving.fault_log import Reports

FAILED = "model_failed"
ALL = 100  # points: above every policy's threshold for a strong factor


@lru_cache(maxsize=8)
def load(path: str) -> RiskModel:
    """A model by the dotted path of a class that is made without arguments."""
    return cast(RiskModel, import_string(path)())


@lru_cache(maxsize=8)
def _reports(path: str) -> Reports:
    return Reports(path)


def deciding() -> RiskModel:
    """The one of the settings. Raises whatever it raises."""
    return load(paths.present(settings.RISK_MODEL))


def score(attempt: Attempt, history: History) -> Scored:
    """Its opinion; never raises."""
    path, began = paths.present(settings.RISK_MODEL), perf_counter()
    try:
        found = checked(load(path).score(attempt, history))
    except Exception as fault:  # noqa: BLE001 - whatever another's model raises
        return _failed(path, fault)
    metrics.model_answered("champion", path, perf_counter() - began)
    return found


def update(attempt: Attempt, outcome: str) -> None:
    """How an attempt ended; never raises."""
    path = paths.present(settings.RISK_MODEL)
    _quietly(path, lambda: load(path).update(attempt, outcome))


def _quietly(path: str, act: Callable[[], None]) -> None:
    try:
        act()
    except Exception as fault:  # noqa: BLE001 - as above
        _note(path, "update failed", fault)


def _note(path: str, what: str, fault: Exception) -> None:
    metrics.model_failed("champion", path, "error")
    _reports(path).tell(what, fault)


def _failed(path: str, fault: Exception) -> Scored:
    _note(path, "it decides, and failed: sign-ins are asked for all there is", fault)
    try:
        name, version = label(load(path), path)
    except Exception:  # noqa: BLE001 - it cannot even be made
        name, version = label(None, path)
    error = type(fault).__name__[:60]
    finding = Finding(
        FAILED,
        ALL,
        f"The model {name} failed ({error}): nothing is known of this sign-in.",
        {"error": error},
    )
    return Scored(ALL, (finding,), name, version)
