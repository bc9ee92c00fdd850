"""PURE: what a signal is. One module in this folder, or in a package of the site's own, makes one
and calls it SIGNAL; nothing else needs to know of it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from risk.login.attempt import Attempt
from risk.login.history import History

Measured = Iterable[tuple[str, float]]


def gettext_noop(text: str) -> str:
    """Marks a text for translators; whoever shows it translates it."""
    return text


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that a signal has to say: a machine word, a plain English sentence, the numbers in
    it. A signal's weight is divided among its remarks as their shares are."""

    name: str
    sentence: str
    evidence: dict[str, int | str] = field(default_factory=dict)
    share: float = 1


@dataclass(frozen=True, slots=True)
class Input:
    """A number that a signal measures: 0 says nothing, more speaks against the sign-in (where it
    `falls`: for it).

    `means`: for whoever reads a score sheet. `by_hand`: its weight where no log holds enough of it
    to be fitted; a file of weights that names it wins. `known`, `unknown`: on which sheets it is
    fitted, for browsers that the account knows and for others. `from_ledger`: what the ledger keeps
    is enough to measure it again, so that a backtest compares.
    """

    means: str
    by_hand: float | None = None
    known: bool = True
    unknown: bool = True
    falls: bool = False
    from_ledger: bool = True


@dataclass(frozen=True, slots=True)
class Careful:
    """Why more proof is asked for, as a whole sentence for the person, where one of `findings` was
    found (and the browser is new, if it takes that). Of all that fit the lowest `rank` is told."""

    rank: int
    sentence: str
    findings: frozenset[str]
    in_new_browser: bool = False

    def fits(self, found: set[str], *, is_new_browser: bool) -> bool:
        return bool(found & self.findings) and (is_new_browser or not self.in_new_browser)


@dataclass(frozen=True, slots=True, eq=False)
class Signal:
    """`look` says what there is to say of a sign-in, `measure` gives the inputs that are not 0.
    Both see an attempt and its history, and nothing else. An input counts only where the signal
    says something: what cannot be shown must not decide.

    `findings`: every name that `look` may use, with its title in the admin. `of_strangers`: others
    can bring it about, so the policy takes it back where it would ask a known browser for a strong
    factor. `told_last`: it comes after everything that speaks of the person.
    """

    name: str
    look: Callable[[Attempt, History], Sequence[Remark]]
    measure: Callable[[Attempt, History], Measured]
    inputs: Mapping[str, Input]
    findings: Mapping[str, str]
    careful: tuple[Careful, ...] = ()
    of_strangers: bool = False
    told_last: bool = False
