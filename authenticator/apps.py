"""The browser that answers."""

from django.apps import AppConfig


class AuthenticatorConfig(AppConfig):
    """To mfa, devices are factors; they live here."""

    name = "authenticator"
