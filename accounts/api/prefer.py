"""`Prefer: wait=25` (RFC 7240): a program that would rather be answered later than ask again."""

import re
from dataclasses import dataclass
from typing import Literal

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.journey import Ticket
from accounts.services import poll
from mfaproject.lib import held_answers
from mfaproject.lib.hub import hub

LONGEST = 25  # seconds: proxies give up on an answer after thirty, or later
_WAIT = re.compile(r'wait[ \t]*=[ \t]*"?([0-9]{1,6})"?', re.IGNORECASE)


def preferred(header: str) -> int:
    """Seconds, 0 where nothing of the kind is said: other preferences, and what
    is none, are passed over."""
    for preference in header.split(","):
        if found := _WAIT.fullmatch(preference.partition(";")[0].strip(" \t")):
            return min(int(found[1]), LONGEST)  # of two the first counts
    return 0


@dataclass(frozen=True, slots=True)
class Wait:
    """What a request would rather have, and `came` for the first time, after it was let wait
    ("held"), or because it could not be ("full")."""

    seconds: int
    came: Literal["first", "held", "full"]
    since: int
    address: tuple[str, int]

    @property
    def again(self) -> bool:
        """Counted when it came first."""
        return self.came != "first"

    def honoured(self, response: Response) -> Response:
        """Says so."""
        if self.seconds and self.came != "full":
            response["Preference-Applied"] = f"wait={self.seconds}"
        return response

    def pending(self, response: Response, ticket: Ticket, seconds_left: int) -> Response:
        """There is no answer yet: later, where that is possible; else
        `response`, which says when to ask again."""
        if self.came == "held":
            return self.honoured(response)
        seconds = min(self.seconds, seconds_left + 1)
        if self.came == "first" and self.seconds:
            hold = poll.later(ticket, address=self.address, since=self.since, seconds=seconds)
            response.hold = hold  # type: ignore[attr-defined]  # what the front looks for
        return response


def wait_of(request: Request) -> Wait:
    """Called before anything is looked at."""
    seconds = preferred(request.headers.get("Prefer", ""))
    return Wait(
        seconds, held_answers.waited(request), hub.mark(), held_answers.share_of_address(request)
    )
