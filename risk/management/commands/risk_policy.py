"""`manage.py risk_policy`: what decides, and the way back where the admin cannot be reached."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mfaproject.lib import clock, tokens
from risk.login.context import LoginContext
from risk.models import RiskPolicy
from risk.models.risk_policy import State
from risk.policy.drafts import FOR_EVERYBODY, DraftError, read_draft
from risk.services import policies
from risk.services.known_browsers import ABSENT
from risk.services.policies import Actor

TERMINAL = "the terminal"


class Command(BaseCommand):
    help = "Shows which policy decides for whom; brings, activates and retires policies."
    # a rescue must not be stopped by a warning about something else
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        todo = parser.add_subparsers(
            dest="todo", required=True, metavar="show | import | activate | reset"
        )
        todo.add_parser("show", help="what decides now, for whom, and what is in shadow")
        bring = todo.add_parser(
            "import", help="brings a draft from a TOML file (name, challenge, strict, groups, note)"
        )
        bring.add_argument("file", metavar="FILE")
        activate = todo.add_parser(
            "activate", help="makes a version decide; the one before retires"
        )
        activate.add_argument("name")
        activate.add_argument("number", metavar="version", type=int)
        reset = todo.add_parser(
            "reset", help="retires every policy: the built-in one decides for everybody"
        )
        reset.add_argument("--yes", action="store_true", help="asks nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        match options["todo"]:
            case "show":
                self._show()
            case "import":
                self._import(Path(options["file"]))
            case "activate":
                self._activate(options["name"], options["number"])
            case _:
                self._reset(is_sure=options["yes"])

    def _show(self) -> None:
        built_in = policies.built_in()
        active, in_shadow = list(policies.live(State.ACTIVE)), list(policies.live(State.SHADOW))
        self.stdout.write("Decides, the strictest that applies to somebody first:")
        for row in active:
            self._line(str(row), row, _whom(row))
        rest = (
            ""
            if any(row.name == FOR_EVERYBODY for row in active)
            else "everybody else"
            if active
            else "everybody"
        )
        if rest:
            self._line(built_in.name, built_in, rest)
        if in_shadow:
            self.stdout.write("In shadow, decides nothing:")
        for row in in_shadow:
            self._line(str(row), row, _whom(row))
        self.stdout.write(
            f"Never locked out: {', '.join(policies.never_locked_out()) or 'nobody is listed'}"
        )

    def _line(self, name: str, marks: Any, whom: str) -> None:
        self.stdout.write(f"  {name:<24} {marks.challenge:>3} / {marks.strict:<3}  {whom}")

    def _import(self, file: Path) -> None:
        try:
            row = policies.bring(read_draft(file.read_text()), by=TERMINAL)
        except (DraftError, OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{row} is a draft. It decides after: manage.py risk_policy activate {row.name}"
            f" {row.version}"
        )

    def _activate(self, name: str, number: int) -> None:
        row = RiskPolicy.objects.filter(name=name, version=number).first()
        if row is None:
            raise CommandError(f"There is no version {number} of {name}.")
        try:
            moved = policies.move(row, State.ACTIVE, _actor())
        except DraftError as error:
            raise CommandError(str(error)) from error
        if not moved:
            raise CommandError(f"{row} cannot decide: its state is {row.state}.")
        self.stdout.write(f"{row} decides.")

    def _reset(self, *, is_sure: bool) -> None:
        built_in = policies.built_in()
        question = (
            f"Retire every policy? The built-in one ({built_in.challenge} / {built_in.strict})"
            " decides then. [y/N] "
        )
        if not is_sure and input(question).strip().lower() not in ("y", "yes"):
            raise CommandError("Nothing was changed.")
        for row in policies.reset(_actor()):
            self.stdout.write(f"{row} is retired.")
        self.stdout.write(
            f"The built-in policy decides for everybody: {built_in.challenge} / {built_in.strict}."
        )


def _whom(row: RiskPolicy) -> str:
    if row.name == FOR_EVERYBODY:
        return "everybody"
    return (
        ", ".join(sorted(group.name for group in row.groups.all())) or "nobody: its groups are gone"
    )


def _actor() -> Actor:
    return Actor(
        TERMINAL, None, LoginContext(None, "", ABSENT, clock.now(), tokens.new_id(), "form")
    )
