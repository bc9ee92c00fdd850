"""Tables and people: `python -m bench.inside bench.allauth_site.seed HOW_MANY PASSWORD SECRET` with
this site's settings.
"""

from typing import Any

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import transaction


def main(many: str, password: str, secret: str) -> None:
    """Everybody has a confirmed address, the same password and the same TOTP secret."""
    call_command("migrate", verbosity=0)
    encoded = make_password(password)
    users, addresses, factors = (
        _rows(*name)
        for name in (("auth", "User"), ("account", "EmailAddress"), ("mfa", "Authenticator"))
    )
    with transaction.atomic():
        for number in range(int(many)):
            name = f"alice{number}"
            user = users.create(username=name, email=f"{name}@example.org", password=encoded)
            addresses.create(user=user, email=f"{name}@example.org", verified=True, primary=True)
            factors.create(user=user, type="totp", data={"secret": secret})


def _rows(app: str, model: str) -> Any:
    """By name: these models are not installed where types are checked."""
    return apps.get_model(app, model)._default_manager
