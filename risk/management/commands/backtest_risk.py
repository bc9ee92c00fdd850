"""`manage.py backtest_risk`: what a draft of a policy would have done on this site."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from risk.backtest import findings, picture, targets, text
from risk.backtest.outcome import DRAWS, Asked, Outcome
from risk.geo.progress import Progress
from risk.policy.drafts import DraftError, PolicyDraft, read_draft
from risk.services import backtesting


class Command(BaseCommand):
    """Reads only. The site may run meanwhile."""

    help = (
        "Replays the site's own ledger, makes each verdict again, and tells what a draft of a"
        " policy would have done. Changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--policy",
            type=Path,
            required=True,
            metavar="DRAFT.toml",
            help="the draft: name, challenge, strict; groups, weights",
        )
        parser.add_argument(
            "--at-most",
            type=share,
            metavar="PERCENT",
            help="looks for thresholds that ask no more of the good sign-ins",
        )
        parser.add_argument(
            "--stop",
            type=share,
            metavar="PERCENT",
            help="looks for thresholds that stop so many of the simulated attackers",
        )
        parser.add_argument(
            "--since",
            type=day,
            metavar="DAY",
            help="counts from then on (2026-01-31); what came before still teaches",
        )
        parser.add_argument(
            "--limit",
            type=whole,
            metavar="ROWS",
            help="counts the newest so many rows only; older ones still teach",
        )
        parser.add_argument(
            "--draws",
            type=whole,
            default=DRAWS,
            help="moments at which attackers come (default %(default)s)",
        )
        parser.add_argument(
            "--seed", default="1", help="another one draws other attackers; the same one the same"
        )
        parser.add_argument(
            "--json", type=Path, metavar="FILE", help="writes all numbers there, too"
        )
        parser.add_argument(
            "--svg", type=Path, metavar="FILE", help="writes the curves there as a picture"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        draft = _draft(options["policy"])
        asked = Asked(
            draft,
            since=options["since"],
            newest=options["limit"],
            draws=options["draws"],
            seed=options["seed"],
        )
        # Django wraps the stream.
        with Progress(self.stderr, "Replaying", 1) as bar:  # type: ignore[arg-type]
            try:
                outcome = backtesting.run(asked, bar.of)
            except DraftError as error:
                raise CommandError(f"{options['policy']}: {error}") from error
        self._tell(outcome, options)

    def _tell(self, outcome: Outcome, options: dict[str, Any]) -> None:
        found = targets.suggested(outcome.tally, outcome.draft, options["at_most"], options["stop"])
        for line in text.report(outcome, found, _Names()):
            self.stdout.write(line)
        if options["json"]:
            told = findings.as_json(outcome.tally, outcome.draft, found) | {
                "draft": _told(outcome.asked.draft)
            }
            _write(options["json"], json.dumps(told, indent=2) + "\n")
        if options["svg"]:
            drawn = picture.whole(
                outcome.tally, outcome.draft, None if outcome.new_version else outcome.now
            )
            if drawn:
                _write(options["svg"], drawn)
            else:
                self.stdout.write(
                    f"{options['svg']} was not written: there are too few sign-ins or attackers for"
                    " a curve."
                )


class _Names:
    """People by number, looked up once each."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}

    def __call__(self, user_id: int) -> str:
        if user_id not in self._known:
            people: Any = get_user_model()._default_manager
            found = people.filter(pk=user_id).first()
            self._known[user_id] = str(found) if found else f"account {user_id}, deleted"
        return self._known[user_id]


def _told(draft: PolicyDraft) -> dict[str, Any]:
    return {
        name: getattr(draft, name) for name in ("name", "challenge", "strict", "groups", "weights")
    }


def _draft(path: Path) -> PolicyDraft:
    try:
        return read_draft(path.read_text())
    except DraftError as error:
        raise CommandError(f"{path}: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error


def _write(path: Path, content: str) -> None:
    try:
        path.write_text(content)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error


def share(given: str) -> float:
    """Per cent, as a share of 1."""
    try:
        found = float(given.removesuffix("%").strip())
    except ValueError:
        found = -1.0
    if not 0 <= found <= 100:  # nor is nan
        raise ArgumentTypeError(f"{given} is not per cent: a number from 0 to 100.")
    return found / 100


def day(given: str) -> datetime:
    """Its first moment, in UTC."""
    try:
        return datetime.strptime(given, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise ArgumentTypeError(f"{given} is no day such as 2026-01-31.") from None


def whole(given: str) -> int:
    """1 or more."""
    if not given.isascii() or not given.isdigit() or int(given) < 1:
        raise ArgumentTypeError(f"{given} is no whole number from 1 on.")
    return int(given)
