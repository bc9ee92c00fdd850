"""The first staff account."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from accounts.models import User
from accounts.services import enrol, people, signup
from mfaproject.lib import mailbox


class Command(BaseCommand):
    help = "Makes a staff account and prints its enrolment link: works once, for 30 minutes, on this terminal only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", default=os.environ.get("ADMIN_USERNAME", ""))
        parser.add_argument("--email", default=os.environ.get("ADMIN_EMAIL", ""))
        parser.add_argument("--full-name", default=os.environ.get("ADMIN_FULL_NAME", ""))

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        username = options["username"] or self._ask("Username", "admin")
        email = options["email"] or self._ask("E-mail", f"{username}@{settings.PUBLIC_HOST}")
        self._check(username, email)
        user = enrol.make_admin(username, email, options["full_name"] or username)
        print_link(self, user)

    @staticmethod
    def _ask(question: str, default: str) -> str:
        """From the terminal where there is one; the default where there is none."""
        return (input(f"{question} [{default}]: ").strip() if sys.stdin.isatty() else "") or default

    @staticmethod
    def _check(username: str, email: str) -> None:
        if signup.is_taken(username):
            raise CommandError(f"--username: {username!r} is taken. `manage.py enrol_link {username}` makes a new link for it.")
        try:
            mailbox.checked(email)
        except mailbox.NotAnAddress:
            raise CommandError(f"--email: {email!r} is no e-mail address.") from None
        if people.owner_of(email):
            raise CommandError(f"--email: {email!r} belongs to another account.")


def print_link(command: BaseCommand, user: User) -> None:
    """The link, and what it does, on the terminal."""
    link = settings.PUBLIC_ORIGIN + reverse("accounts:link", args=["enrol", enrol.issue(user)])
    command.stdout.write(f"Open this link within 30 minutes to set the password of {user.username} and add an authenticator. It works once:\n{link}")
