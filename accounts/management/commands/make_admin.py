"""The first staff account."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.forms import Field
from django.urls import reverse

from accounts import names
from accounts.fields import FullNameField, MailField, UserNameField
from accounts.models import User
from accounts.services import enrol, people, signup
from mfaproject.lib import mailbox


class Command(BaseCommand):
    help = (
        "Makes a staff account and prints its enrolment link: works once, for 30 minutes, on this"
        " terminal only."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", default=os.environ.get("ADMIN_USERNAME", ""))
        parser.add_argument("--email", default=os.environ.get("ADMIN_EMAIL", ""))
        parser.add_argument("--full-name", default=os.environ.get("ADMIN_FULL_NAME", ""))

    def handle(self, *args: Any, **options: Any) -> None:
        username = options["username"] or self._ask("Username", "admin")
        username = _clean("--username", username, UserNameField(max_length=names.LONGEST_USER_NAME))
        if signup.is_taken(username):
            raise CommandError(
                f"--username: {username!r} is taken. `manage.py enrol_link {username}` makes a new"
                " link for it."
            )
        email = options["email"] or self._ask(
            "E-mail", f"{username}@{mailbox.host_part(settings.PUBLIC_HOST)}"
        )
        email = _clean("--email", email, MailField())
        if people.owner_of(email):
            raise CommandError(f"--email: {email!r} belongs to another account.")
        full_name = _clean("--full-name", options["full_name"] or username, FullNameField())
        print_link(self, enrol.make_admin(username, email, full_name))

    @staticmethod
    def _ask(question: str, default: str) -> str:
        """From the terminal where there is one; the default where there is none."""
        return (input(f"{question} [{default}]: ").strip() if sys.stdin.isatty() else "") or default


def _clean(option: str, given: str, field: Field) -> str:
    """By the rules of the sign-up page."""
    try:
        return str(field.clean(given))
    except ValidationError as refused:
        raise CommandError(f"{option}: {given!r}: {refused.messages[0]}") from None


def print_link(command: BaseCommand, user: User) -> None:
    """The link, and what it does, on the terminal."""
    link = settings.PUBLIC_ORIGIN + reverse("accounts:link", args=["enrol", enrol.issue(user)])
    command.stdout.write(
        f"Open this link within 30 minutes to set the password of {user.username} and add an"
        f" authenticator. It works once:\n{link}"
    )
