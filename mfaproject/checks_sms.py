"""System checks of text messages: a library that is missing, and a purse that is open to the whole
world.
"""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import phonenumbers
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Caution

from mfaproject import sms

Apps = Sequence[AppConfig] | None


def twilio_library(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Twilio's own library is installed by who uses it."""
    if settings.SMS.channel != sms.TWILIO or find_spec("twilio") is not None:
        return []
    return [
        Error(
            "TWILIO_… is set and its library is missing.",
            hint="pip install -r requirements-twilio.txt",
            id="nod.E030",
        )
    ]


def sms_country_codes(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Two letters are not yet a country: Great Britain is GB."""
    wrong = sorted(settings.SMS_COUNTRIES - phonenumbers.SUPPORTED_REGIONS)
    hint = "Give ISO 3166 codes, e.g. FR,BE,CH; Great Britain is GB."
    return [
        Error(f"SMS_COUNTRIES has {code}, which is no country.", hint=hint, id="nod.E031")
        for code in wrong
    ]


def sms_countries(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Where each message costs money, somebody abroad earns with it."""
    if settings.SMS.channel == sms.FILES or settings.SMS_COUNTRIES:
        return []
    return [
        Caution(
            "Text messages may go to every country.",
            hint="Set SMS_COUNTRIES to those of your people, e.g. FR,BE,CH.",
            id="nod.W011",
        )
    ]
