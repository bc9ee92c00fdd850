"""`manage.py fetch_geo`: data about addresses, for risk."""

import tempfile
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from risk.geo import age, packages
from risk.geo.age import File
from risk.geo.packages import NoData, PackageOffer
from risk.geo.progress import Progress


class Command(BaseCommand):
    """The only part of risk that talks to the network, and only when somebody calls it."""

    help = (
        "Brings data that know country and owner of an address, through npm, or takes files that"
        " you have. The site uses them at once."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--from",
            dest="files",
            nargs="+",
            type=Path,
            metavar="FILE",
            help="databases (.mmdb), CSV files or npm packages (.tgz)",
        )
        parser.add_argument(
            "--check", action="store_true", help="only shows what is there, with versions and age"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["check"]:
            self._show()
            return
        with tempfile.TemporaryDirectory(prefix="nod-geo-") as folder:
            try:
                self._bring(options["files"], Path(folder))
            except NoData as error:
                raise CommandError(str(error)) from error

    def _bring(self, files: list[Path] | None, folder: Path) -> None:
        if files:
            for offer in packages.offers(files, folder):
                self._install(offer)
            return
        for what, package in packages.PACKAGES.items():
            self.stdout.write(f"Fetching {package} …")
            self._install(packages.pack(package, folder / what))

    def _install(self, offer: PackageOffer) -> None:
        # Django wraps the stream.
        with Progress(self.stderr, f"Reading {offer.source}", 1) as bar:  # type: ignore[arg-type]
            what, note = packages.install(offer, bar.of)
        version = f" {note.version}" if note.version else ""
        self.stdout.write(
            f"{what}: {note.source}{version}, {note.entries} entries, SHA-256 {note.sha256[:16]}…"
        )
        if note.licence:
            self.stdout.write(f"    {note.licence}")

    def _show(self) -> None:
        found = age.files()
        for file in found:
            self.stdout.write(_line(file))
        if not found:
            self.stdout.write(
                "There are no data: countries and networks are unknown. `manage.py fetch_geo`"
                " brings some."
            )


def _line(file: File) -> str:
    origin = f"{file.note.source} {file.note.version}".strip() if file.note else str(file.path)
    days = file.age // timedelta(days=1)
    trouble = (
        f"; CANNOT BE READ: {file.broken}"
        if file.broken
        else "; OLD: fetch it again"
        if file.is_old
        else ""
    )
    return f"{file.name}: {origin}, {days} days old{trouble}"
