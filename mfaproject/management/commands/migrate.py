"""`manage.py migrate`: Django's own, and one at a time, however many start at once."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate

from mfaproject import startup_lock


class Command(migrate.Command):
    """A job may run it before a roll-out, and each `serve` does."""

    def handle(self, *args: Any, **options: Any) -> None:
        if options["plan"] or options["check_unapplied"]:
            super().handle(*args, **options)
            return
        try:
            with startup_lock.of_tables(
                options["database"], "Another process is bringing the tables up to date."
            ):
                super().handle(*args, **options)
        except startup_lock.StillBusy as busy:
            raise CommandError(str(busy)) from None
