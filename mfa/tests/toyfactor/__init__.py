"""A factor from another package: a code word that is shown once and typed when asked for.

It is here to show that a kind is added without a change to Nod. As a proof it is a second password,
and no example of a good one.
"""

from typing import ClassVar

from mfa import limits, sealed_secrets
from mfa.registry.base import Enrolment, Factor, Facts, Match, Strength
from mfa.registry.routes import Route
from mfa.registry.words import Typed, Words
from mfa.tests.toyfactor.enrolment import KIND, CodeWords
from mfa.tests.toyfactor.routes import ROUTES
from mfa.tests.toyfactor.words import TYPED, WORDS
from mfaproject.lib import seal, tokens


class Toy(Factor):
    """Typed, at hand, strong, one each; off after three wrong words in a day."""

    kind: ClassVar[str] = KIND
    order: ClassVar[int] = 60
    icon: ClassVar[str] = "key"
    words: ClassVar[Words] = WORDS
    strength: ClassVar[Strength] = "strong"
    typed: ClassVar[Typed] = TYPED
    template: ClassVar[str] = "toyfactor/asked.html"
    tries: ClassVar[limits.Tries] = limits.Tries(per_day=3)
    enrolment: ClassVar[Enrolment | None] = CodeWords()
    add_url: ClassVar[str] = "toyfactor:add"
    routes: ClassVar[tuple[Route, ...]] = ROUTES
    urls: ClassVar[str] = "mfa.tests.toyfactor.urls"

    def check(self, facts: Facts, answer: object, /) -> Match | None:
        """Right if it is the word, whatever its case."""
        if not isinstance(answer, str) or facts.factor_id is None:
            return None
        try:
            word = sealed_secrets.opened(
                self.kind, facts.secret, user_id=facts.user_id, factor_id=facts.factor_id
            )
        except seal.BrokenSeal:
            return None
        return Match() if tokens.same(word, answer.strip().lower()) else None
