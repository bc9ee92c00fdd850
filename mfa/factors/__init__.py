"""The kinds of factor that this site uses, by dotted path. A kind without one is off."""

from django.conf import settings
from django.utils.module_loading import import_string

from mfa.factors.base import Factor


def kind_of(name: str) -> Factor | None:
    """The kind of that name from `settings.MFA_FACTORS`, None where it is off."""
    path = settings.MFA_FACTORS.get(name)
    if path is None:
        return None
    made: Factor = import_string(path)()
    return made
