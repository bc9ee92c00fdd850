"""`manage.py rebuild_risk_counts`: what risk has learned, made again from the ledger."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from mfaproject.lib import clock
from risk.geo.progress import Progress
from risk.history import rebuild
from risk.history.rebuild import Journal


class Command(BaseCommand):
    help = (
        "Makes the counts that risk learns from again, out of the ledger. The site may run"
        " meanwhile; a stopped one goes on where it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anew",
            action="store_true",
            help="begins again although an unfinished one could go on",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        journal = Journal(Path(settings.DATA_DIR) / "rebuild_risk_counts.jsonl")
        if options["anew"]:
            journal.path.unlink(missing_ok=True)
        if journal.begin(clock.now()):
            self.stdout.write(f"Going on after account {journal.last}.")
        total = len(rebuild.accounts(journal.last))
        # Django wraps the stream.
        with Progress(self.stderr, "Rebuilding", total) as bar:  # type: ignore[arg-type]
            done = rebuild.rebuild(journal, lambda: bar.to(bar.done + 1))
        self.stdout.write(f"Rebuilt the counts of {done} accounts, and everybody's.")
