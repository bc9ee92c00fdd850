"""System checks of risk: a policy or a model that cannot decide, and data that help nobody."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Caution
from django.utils.module_loading import import_string

from risk.geo import age
from risk.policy.rules import Policy
from risk.scoring import registry
from risk.serving import paths

Apps = Sequence[AppConfig] | None


def geo_files(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Files of data about addresses that are missing, cannot be read, or are out of date. Without
    them the signal is unknown, no more: but whoever names a file wants it, so the start is refused
    where it is not there."""
    return [*_missing(), *(message for file in age.files() for message in _aged(file))]


def _missing() -> Iterator[CheckMessage]:
    for name in ("GEO_COUNTRY_DB", "GEO_ASN_DB"):
        path = getattr(settings, name)
        if path and not Path(path).is_file():
            hint = "Give the path of a .mmdb file, or nothing."
            yield Error(f"{name}={path[:200]} is no file.", hint=hint, id="risk.E004")


def _aged(file: age.File) -> Iterator[CheckMessage]:
    bring = "`manage.py fetch_geo`, or `manage.py import_networks` for a list."
    if file.broken:
        said = f"{file.path} cannot be read: {file.broken}"
        yield Caution(said, hint=f"Bring it again: {bring}", id="risk.W002")
    elif file.is_old:
        said = f"{file.path} is {file.age // timedelta(days=1)} days old."
        hint = f"Networks change hands. Bring newer data: {bring}"
        yield Caution(said, hint=hint, id="risk.W003")


def built_in_policy(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """The policy that decides where no other does."""
    try:
        Policy.read(settings.RISK_POLICY)
    except ValueError as error:
        return [
            Error(
                str(error),
                hint='Such as {"version": 1, "challenge": 50, "strict": 90}.',
                id="risk.E001",
            )
        ]
    return []


def models(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """The model that decides, and those in shadow. At run time a missing one asks everybody for all
    there is, or is noted as a fault."""
    named = [
        ("RISK_MODEL", settings.RISK_MODEL, "risk.E002"),
        *(("RISK_CHALLENGERS", path, "risk.E003") for path in settings.RISK_CHALLENGERS),
    ]
    return [
        message for setting, path, identity in named for message in _model(setting, path, identity)
    ]


def _model(setting: str, path: str, identity: str) -> list[CheckMessage]:
    if path in paths.GONE:
        hint = f"Write {paths.GONE[path]}."
        return [Error(f"{setting}: the model {path} is gone.", hint=hint, id=identity)]
    now = paths.present(path)
    moved = [
        Caution(f"{setting}: {path} has moved.", hint=f"Write {now}.", id="risk.W004")
        for _ in range(path != now)
    ]
    return [*moved, *_unmakeable(setting, now, identity)]


def _unmakeable(setting: str, path: str, identity: str) -> list[CheckMessage]:
    try:
        import_string(path)()
    # Another's module may raise whatever it likes while it is imported.
    except Exception as error:  # noqa: BLE001
        hint = (
            "Give the dotted path of a class that is made without arguments, such as"
            " risk.scoring.chain_model.ChainModel."
        )
        said = f"{setting}: {path} cannot be made: {type(error).__name__}: {error}"
        return [Error(said, hint=hint, id=identity)]
    return []


def signals(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Signals of the site's own. At run time a missing one is a fault of the model: everybody is
    asked for all there is."""
    hint = "Give the dotted path of a module that holds a SIGNAL (docs/dev/add-a-signal.md)."
    return [
        Error(
            f"RISK_SIGNALS: {path} cannot be used: {type(fault).__name__}: {fault}",
            hint=hint,
            id="risk.E005",
        )
        for path, fault in registry.faults().items()
    ]
