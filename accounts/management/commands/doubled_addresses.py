"""Which accounts share a confirmed address."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import User
from accounts.services import people


class Command(BaseCommand):
    help = (
        "Lists accounts that share a confirmed address: those can that confirmed it before each"
        " mailbox had one spelling. Links to a new password go to the one that holds it; the others"
        " sign in by name."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = people.doubles()
        for key, users in found.items():
            self.stdout.write(key)
            for user in users:
                self.stdout.write(
                    f"  {user.username}: {user.email}, confirmed {_day(user)}, {_stands(user)}"
                )
        if not found:
            self.stdout.write("No account shares its address with another one.")


def _day(user: User) -> str:
    return f"{user.email_confirmed_at:%Y-%m-%d}"


def _stands(user: User) -> str:
    return "signs in by name" if user.email_doubled else "holds the address"
