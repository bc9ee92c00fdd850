"""The browser that answers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuthenticatorConfig(AppConfig):
    """To mfa, devices are factors; they live here."""

    name = "authenticator"
    verbose_name = _("Authenticators")
