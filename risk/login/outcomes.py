"""PURE: how a ledger row may end. It is written with its first outcome and moves forward only."""

PENDING, ADMITTED, NOT_ME, DISAVOWED = "pending", "admitted", "not_me", "disavowed"

PASSWORD_FAILED = frozenset({"wrong_password", "unknown_user", "inactive", "throttled"})
"""The password was wrong, or nobody looked at it."""

FACTOR_FAILED = frozenset({"denied", NOT_ME, "wrong_number", "locked", "failed", DISAVOWED})
"""The password was right and the second factor said no."""

NAMING = FACTOR_FAILED - {DISAVOWED}
"""After these the account names the places of the address. Not when a sign-in is undone: its second
factor had said yes. Nor what was left unfinished: nobody said no, and a phone without a network
would name its owner's home."""

PASSWORD_RESET, FACTOR_CHANGED, ENROLMENT = "password_reset", "factor_changed", "enrolment"

ACTS = frozenset({ENROLMENT, PASSWORD_RESET, FACTOR_CHANGED, "admin_act"})
"""No login at all: acts on an account that belong into its ledger."""

UNFINISHED = frozenset({"expired", "cancelled", "superseded"})

OUTCOMES = PASSWORD_FAILED | FACTOR_FAILED | ACTS | UNFINISHED | {"blocked", PENDING, ADMITTED}

TRANSITIONS: dict[str, frozenset[str]] = {
    PENDING: frozenset({ADMITTED, "denied", NOT_ME, "wrong_number", "locked", "failed"})
    | UNFINISHED,
    ADMITTED: frozenset({DISAVOWED}),
}


def sources(outcome: str) -> tuple[str, ...]:
    """The outcomes from which a row may move to this one; none for an unknown word."""
    return tuple(sorted(before for before, after in TRANSITIONS.items() if outcome in after))
