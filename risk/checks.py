"""System checks of risk: data that help nobody."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage
from django.core.checks import Warning as Caution

from risk.geo import age

Apps = Sequence[AppConfig] | None


def geo_files(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Files of data about addresses that are missing, cannot be read, or are out of date. Without them the signal is unknown, no more."""
    found: list[CheckMessage] = []
    for name in ("GEO_COUNTRY_DB", "GEO_ASN_DB"):
        path = getattr(settings, name)
        if path and not Path(path).is_file():
            found.append(Caution(f"{name}={path} is no file.", hint="Give the path of a .mmdb file, or nothing.", id="risk.W001"))
    for file in age.files():
        if file.broken:
            hint = "Bring it again: `manage.py fetch_geo`, or `manage.py import_networks` for a list."
            found.append(Caution(f"{file.path} cannot be read: {file.broken}", hint=hint, id="risk.W002"))
        elif file.is_old:
            hint = "Networks change hands. Bring newer data: `manage.py fetch_geo`, or `manage.py import_networks` for a list."
            found.append(Caution(f"{file.path} is {file.age // timedelta(days=1)} days old.", hint=hint, id="risk.W003"))
    return found
