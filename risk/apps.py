"""How Django calls this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RiskConfig(AppConfig):
    """Owner of the ledger, the known browsers and the counts that risk learns from."""

    name = "risk"
    verbose_name = _("Sign-ins and risk")
