"""What other apps may ask of risk. Everything else in here is private."""

from risk.login.context import Assessment, Finding, LoginContext, LoginWords, Recognition
from risk.services.admitting import NotPending, admit
from risk.services.arriving import arrived
from risk.services.assessing import assess, rehearse
from risk.services.description import describe
from risk.services.known_browsers import (
    BrowserView,
    browsers,
    forget_all_browsers,
    forget_browser,
    recognise,
)
from risk.services.ledger import note_act, record_login, record_outcome
from risk.services.reading import (
    LoginView,
    login_views,
    recent_logins,
    why_careful,
    why_careful_then,
)
from risk.services.reporting import disavow, report_not_me
from risk.services.retention import sweep

__all__ = [
    "Assessment",
    "BrowserView",
    "Finding",
    "LoginContext",
    "LoginView",
    "LoginWords",
    "NotPending",
    "Recognition",
    "admit",
    "arrived",
    "assess",
    "browsers",
    "describe",
    "disavow",
    "forget_all_browsers",
    "forget_browser",
    "login_views",
    "note_act",
    "recent_logins",
    "recognise",
    "record_login",
    "record_outcome",
    "rehearse",
    "report_not_me",
    "sweep",
    "why_careful",
    "why_careful_then",
]
