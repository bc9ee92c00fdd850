"""System checks of the second factors."""

import re
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error

from mfa import registry

KIND = re.compile(r"[a-z]{1,8}")
"""What the columns hold, and what addresses of pages are made of."""


def factor_lines(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Each line of MFA_FACTORS names a class that can be imported, under its own kind."""
    faults = dict(registry.faults()) | {
        kind: "a kind is 1 to 8 lower-case letters"
        for kind in settings.MFA_FACTORS
        if not KIND.fullmatch(kind)
    }
    return [
        Error(
            f"MFA_FACTORS[{kind!r}]: {fault}.",
            hint="Give the dotted path of a subclass of mfa.registry.base.Factor, or no line.",
            id="nod.E040",
        )
        for kind, fault in faults.items()
    ]
