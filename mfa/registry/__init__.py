"""The kinds of factor that this site uses: `settings.MFA_FACTORS` by kind. One without a line, or
that cannot be imported, is off.

Made once and kept: nothing is imported or made in a request.
"""

import logging
import pkgutil
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import import_module

from django.conf import settings
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.utils.module_loading import import_string

from mfa.registry.base import Factor, Retired
from mfa.registry.words import Text

log = logging.getLogger("nod.mfa")

KIND = re.compile(r"(?!none$|password$)[a-z]{1,8}")
"""What the columns hold, and what addresses of pages are made of; "none" is the way of a journey
without a question, "password" what the ledger calls a sign-in without a factor."""
_SAID = ("order", "icon", "words", "strength")
"""What each kind says of itself, and nobody can guess."""


def every() -> tuple[Factor, ...]:
    """What is on, the way to try first at the front."""
    return _current().every


def get(kind: str) -> Factor | None:
    """The kind of that name, None where it is off."""
    return _current().on.get(kind)


def known() -> tuple[Factor, ...]:
    """What is on, and our own that are off: rows of these are still read and shown."""
    return _current().known


def of(kind: str) -> Factor:
    """What is known of a kind that a row names, whether it is on or not."""
    return _current().by_kind.get(kind) or _retired(kind)


def kinds(which: Callable[[Factor], bool]) -> tuple[str, ...]:
    """Kinds of which that is true, whether they are on or not: for a WHERE."""
    return tuple(factor.kind for factor in known() if which(factor))


def mailbox() -> Factor:
    """The one that asks the account's own mailbox."""
    return next(factor for factor in known() if factor.is_mailbox)


def faults() -> Mapping[str, str]:
    """What is wrong with which line of `settings.MFA_FACTORS`."""
    return _current().faults


def choices() -> list[tuple[str, Text]]:
    """Kinds and names, for the columns of our models."""
    return [(factor.kind, factor.words.name) for factor in known()]


def ledger_words() -> list[tuple[str, Text]]:
    """Kinds and titles: `settings.LEDGER_FACTORS`."""
    return [(factor.kind, factor.words.title) for factor in known()]


class _Registry:
    """Everything that the lines of the setting say."""

    def __init__(self, lines: tuple[tuple[str, str | None], ...]) -> None:
        self.faults: dict[str, str] = {}
        self.on: dict[str, Factor] = {}
        for kind, path in lines:
            if path and (made := self._made(kind, path)):
                self.on[kind] = made
        self.by_kind: dict[str, Factor] = {**_ours(), **self.on}
        self.every = _ordered(self.on)
        self.known = _ordered(self.by_kind)

    def _made(self, kind: str, path: str) -> Factor | None:
        try:
            return _factor(kind, path)
        except _Unusable as fault:
            self.faults[kind] = str(fault)
            return None


class _Unusable(Exception):
    """What is wrong with a line of the setting."""


def _factor(kind: str, path: str) -> Factor:
    if not KIND.fullmatch(kind):
        raise _Unusable("a kind is 1 to 8 lower-case letters, and neither 'none' nor 'password'")
    made = _imported(kind, path)
    if not isinstance(made, Factor) or getattr(made, "kind", None) != kind:
        raise _Unusable(f"{path!r} is no factor of the kind {kind!r}")
    if lacking := [name for name in _SAID if not hasattr(made, name)]:
        raise _Unusable(f"{path!r} does not say its {', '.join(lacking)}")
    if made.is_mailbox != _is_mailbox(kind):
        raise _Unusable(f"the mailbox is asked by one kind, and {path!r} would change which")
    return made


def _imported(kind: str, path: str) -> object:
    try:
        return import_string(path)()
    except Exception as error:
        log.exception("a kind of factor is off: it cannot be imported", extra={"kind": kind})
        fault = f"{path!r} cannot be imported: {type(error).__name__}: {error}"
        raise _Unusable(fault) from error


def _is_mailbox(kind: str) -> bool:
    ours = _ours().get(kind)
    return ours is not None and ours.is_mailbox


def _ordered(found: Mapping[str, Factor]) -> tuple[Factor, ...]:
    return tuple(sorted(found.values(), key=lambda factor: factor.order))


@lru_cache(maxsize=1)
def _current() -> _Registry:
    return _Registry(tuple(settings.MFA_FACTORS.items()))


@receiver(setting_changed)
def _forget(setting: str, **_kwargs: object) -> None:
    """A test that changes the setting finds the change."""
    if setting == "MFA_FACTORS":
        _current.cache_clear()


_retired = lru_cache(maxsize=32)(Retired)


@lru_cache(maxsize=1)
def _ours() -> Mapping[str, Factor]:
    """Each folder of `mfa/factors/`, by the name that its package gives its class."""
    package = import_module("mfa.factors")
    folders = [each.name for each in pkgutil.iter_modules(package.__path__) if each.ispkg]
    made = [import_module(f"mfa.factors.{name}").FACTOR() for name in folders]
    return {factor.kind: factor for factor in made}
