"""How Django calls this app."""

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.utils.translation import gettext_lazy as _

from risk.checks import built_in_policy, geo_files, models, signals
from risk.scoring import registry


class RiskConfig(AppConfig):
    """Owner of the ledger, the known browsers and the counts that risk learns from."""

    name = "risk"
    verbose_name = _("Sign-ins and risk")

    def ready(self) -> None:
        """Registers checks, and says which signals speak: models know no settings."""
        registry.name(settings.RISK_SIGNALS)
        checks.register(signals, checks.Tags.security)
        checks.register(geo_files, checks.Tags.files)
        checks.register(built_in_policy, checks.Tags.security)
        checks.register(models, checks.Tags.security)
