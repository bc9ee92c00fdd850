"""`manage.py openapi`: the API's schema as it is, for docs/openapi.yaml."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.api import schema


class Command(BaseCommand):
    """Prints the document."""

    help = "Prints the OpenAPI document of /v1."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(schema.as_yaml(), ending="")
