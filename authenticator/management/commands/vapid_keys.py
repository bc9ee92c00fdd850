"""`manage.py vapid_keys`: the keys that sign web pushes."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from authenticator.service_worker import push_key


class Command(BaseCommand):
    """Only shows. The key is made at the first start and never again: every subscription there is
    was made with its public half."""

    help = "Shows the keys that sign web pushes, and where they lie."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--public", action="store_true", help="only the public key, on a line of its own"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["public"]:
            self.stdout.write(push_key())
            return
        self.stdout.write(f"Public key:  {push_key()}")
        self.stdout.write(f"Private key: {settings.VAPID_PRIVATE_KEY}")
        self.stdout.write(
            f"Kept in:     {settings.VAPID_KEPT_IN or 'the environment (VAPID_PRIVATE_KEY)'}"
        )
        self.stdout.write(
            "Keep the private key: with another one, every device has to be woken by hand once"
            " before pushes arrive again."
        )
