"""Prove it is you."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _

from mfa.checks import factor_lines
from mfa.registry.folders import add_translations


class MfaConfig(AppConfig):
    """Factors, the questions put to them, and the messages that carry the questions."""

    name = "mfa"
    verbose_name = _("Second factors")

    def ready(self) -> None:
        checks.register(factor_lines, checks.Tags.security)
        add_translations()
