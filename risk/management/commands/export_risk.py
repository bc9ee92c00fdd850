"""`manage.py export_risk`: what risk holds on a person."""

import json
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from risk.services import persons


class Command(BaseCommand):
    help = (
        "Prints everything that risk holds on a person as JSON; with --delete, takes it away"
        " instead."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument(
            "--delete",
            action="store_true",
            help="deletes it: sign-ins, known browsers, held sources and counts",
        )
        parser.add_argument("--yes", action="store_true", help="does not ask before it deletes")

    def handle(self, *_args: Any, **options: Any) -> None:
        user_id = _find(options["username"])
        if not options["delete"]:
            self.stdout.write(
                json.dumps(
                    persons.export(user_id), cls=DjangoJSONEncoder, indent=2, ensure_ascii=False
                )
            )
            return
        if (
            not options["yes"]
            and input(f"Delete what risk holds on {options['username']}? [y/N] ").strip().casefold()
            != "y"
        ):
            raise CommandError("Nothing was deleted.")
        deleted = persons.erase(user_id)
        self.stdout.write(
            ", ".join(f"{name}: {number}" for name, number in deleted.items()) + " deleted."
        )
        self.stdout.write(
            "Everybody's counts name nobody; `manage.py rebuild_risk_counts` takes this person's"
            " share out of them, too."
        )


def _find(username: str) -> int:
    users: Any = get_user_model()._default_manager
    try:
        return int(users.get_by_natural_key(username).pk)
    except ObjectDoesNotExist:
        raise CommandError(f"Nobody is called {username!r}.") from None
