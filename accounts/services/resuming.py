"""The same person in the same browser goes on with the journey that she has there, in whichever
tab.

The journey keeps its question: the code that was mailed, the number that is shown. Its binding is
renewed, and goes to the browser that has just typed the right password: whoever planted the cookie
there, or copied it before, holds nothing any more.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from accounts.journey import StepUp, Ticket
from accounts.models import LoginAttempt
from accounts.services import attempts, question_state
from mfa.limits import SEND_EVERY
from mfa.prompt import clean
from mfa.services import challenges
from mfaproject.lib import clock

LEFT_AT_LEAST = timedelta(seconds=SEND_EVERY)
"""Of a question: with less a new one is better, and nothing stands against sending it any more."""
SAME = ("user_id", "lane", "browser", "source", "agent", "session_id", "door")
"""What a prompt says of who asks, and what the answer is good for."""


def live(before: Ticket | None, wanted: LoginAttempt) -> LoginAttempt | None:
    """This very browser's journey for the same person and purpose as the one
    that would begin now."""
    if before is None or wanted.door != LoginAttempt.Door.FORM:
        return None
    purposes = ("login", "signup") if wanted.purpose == "login" else (wanted.purpose,)
    attempt = attempts.mine(before, *purposes)
    return attempt if attempt is not None and attempt.user_id == wanted.user_id else None


def go_on(
    before: Ticket, attempt: LoginAttempt, wanted: LoginAttempt, *, digits: int, careful: str
) -> StepUp | None:
    """On with it.

    None where the one that would begin now asks for more, comes from elsewhere, or nothing is open.
    """
    row = _open_question(attempt, clock.now())
    if row is None or not _asks_as_much(attempt, wanted, digits, careful):
        return None
    ticket = attempts.renew_binding(attempt, before, wanted.next_url)
    if ticket is not None:
        return StepUp(ticket, row.kind, attempt.expires_at)
    # Another tab was faster, and this browser has just been given what that one got; or it is over.
    return (
        StepUp(before, row.kind, attempt.expires_at, kept=True)
        if attempts.goes_on(attempt)
        else None
    )


def _asks_as_much(attempt: LoginAttempt, wanted: LoginAttempt, digits: int, careful: str) -> bool:
    same = all(getattr(attempt, name) == getattr(wanted, name) for name in SAME)
    return (
        same
        and attempt.required in (wanted.required, "strong")
        and _says_as_much(attempt.push, digits, careful)
    )


def _says_as_much(push: Any, digits: int, careful: str) -> bool:
    return push is None or (
        push.digits >= digits and clean(careful) in ("", json.loads(push.context).get("careful"))
    )


def _open_question(attempt: LoginAttempt, now: datetime) -> Any:
    """The newest that waits for its answer, and will for a while, or was answered well."""
    if question_state.ended(attempt) in challenges.REFUSALS:
        return None
    rows = [row for row in (attempt.push, attempt.code) if row is not None and _is_open(row, now)]
    return max(rows, key=lambda row: row.created_at, default=None)


def _is_open(row: Any, now: datetime) -> bool:
    match challenges.state_of(row, now):
        case "approved":
            return True
        case "pending":
            return row.expires_at - now >= LEFT_AT_LEAST and challenges.has_tries(row)
        case _:
            return False
