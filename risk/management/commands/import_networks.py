"""`manage.py import_networks`: lists of hosting, VPN and Tor networks."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, cast

from django.core.management.base import BaseCommand, CommandError

from risk.geo import lists
from risk.geo.sources import KINDS, Kind


class Command(BaseCommand):
    help = (
        "Imports a list of networks: one network, address or number (AS24940) a line, # begins a"
        " remark. - reads what is piped in."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=KINDS)
        parser.add_argument("file", nargs="?", metavar="FILE")
        parser.add_argument(
            "--name",
            default="",
            help="several lists of a kind stand beside each other; default: the file's name",
        )
        parser.add_argument(
            "--remove", action="store_true", help="takes the list of that name away"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        kind = cast(Kind, options["kind"])
        name = options["name"] or _plain(options["file"])
        try:
            if options["remove"]:
                self._remove(kind, name)
            elif options["file"]:
                self._install(kind, name, options["file"])
            else:
                raise CommandError("Give a FILE, or --remove.")
        except (ValueError, OSError) as error:
            raise CommandError(str(error)) from error

    def _install(self, kind: Kind, name: str, file: str) -> None:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(errors="replace")
        note = lists.install(kind, name, text.splitlines(), source=Path(file).name)
        self.stdout.write(f"{kind}/{name}: {note.entries} entries, SHA-256 {note.sha256[:16]}…")

    def _remove(self, kind: Kind, name: str) -> None:
        if not lists.remove(kind, name):
            raise CommandError(f"There is no list {kind}/{name}.")
        self.stdout.write(f"{kind}/{name} is gone.")


def _plain(file: str | None) -> str:
    """A name from a file's."""
    stem = Path(file).stem.lower() if file and file != "-" else "list"
    return (
        "".join(
            each if each.isascii() and (each.isalnum() or each in "-_") else "-" for each in stem
        ).strip("-_")[:40]
        or "list"
    )
