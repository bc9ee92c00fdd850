"""Prove it is you."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MfaConfig(AppConfig):
    """Factors, the questions put to them, and the messages that carry the questions."""

    name = "mfa"
    verbose_name = _("Second factors")
