"""System checks of the second factors."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error

from mfa import registry


def factor_lines(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Each line of MFA_FACTORS names a class that can be imported, under its own kind."""
    return [
        Error(
            f"MFA_FACTORS[{kind!r}]: {fault}.",
            hint="Give the dotted path of a subclass of mfa.registry.base.Factor, or no line.",
            id="nod.E040",
        )
        for kind, fault in registry.faults().items()
    ]
