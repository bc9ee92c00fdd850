"""Questions: put them, answer them, collect what they prove. What other apps use of this app, most
of all.
"""

from mfa.challenge_state import REFUSALS
from mfa.results import (
    Asker,
    CodeResult,
    Dead,
    NotAsked,
    Opened,
    Proof,
    PushQuestion,
    Right,
    Wake,
    Ways,
    Wrong,
)
from mfa.services.challenges.codes import check_code
from mfa.services.challenges.collecting import (
    cancel,
    cancel_all,
    has_tries,
    number,
    sent_to,
    spend,
    state_at,
    state_of,
    waiting,
)
from mfa.services.challenges.opening import open_at_hand, open_code, open_elsewhere
from mfa.services.challenges.wakeups import saw, wake, wakes
from mfa.services.challenges.ways import has_strong, ways

__all__ = [
    "REFUSALS",
    "Asker",
    "CodeResult",
    "Dead",
    "NotAsked",
    "Opened",
    "Proof",
    "PushQuestion",
    "Right",
    "Wake",
    "Ways",
    "Wrong",
    "cancel",
    "cancel_all",
    "check_code",
    "has_strong",
    "has_tries",
    "number",
    "open_at_hand",
    "open_code",
    "open_elsewhere",
    "saw",
    "sent_to",
    "spend",
    "state_at",
    "state_of",
    "waiting",
    "wake",
    "wakes",
    "ways",
]
