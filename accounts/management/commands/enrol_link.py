"""Another enrolment link."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.management.commands.make_admin import print_link
from accounts.models import User


class Command(BaseCommand):
    help = (
        "Prints a new enrolment link for a person who lost everything: works once, for 30 minutes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = User.objects.get_by_natural_key(options["username"])
        except User.DoesNotExist:
            raise CommandError(f"Nobody is called {options['username']!r}.") from None
        print_link(self, user)
