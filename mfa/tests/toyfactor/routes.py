"""The API of a code word."""

from mfa.registry.routes import Route, Shown

ROUTES = (
    Route("verify", "auth/verify-code-word", "verify_code_word", "verify_code_word", "riverside"),
    Route(
        "begin",
        "add-code-word",
        "add_code_word",
        "add_code_word",
        summary="A word; it proves nothing until it is confirmed. Needs a recent proof.",
        shown=Shown("CodeWord", "It is shown once.", {"word": "riverside"}),
    ),
    Route(
        "confirm",
        "confirm-code-word",
        "confirm_code_word",
        "confirm_code_word",
        "riverside",
        summary="The word, typed: from now on it counts. Needs a recent proof.",
    ),
    Route(
        "remove",
        "delete-code-word",
        "delete_code_word",
        "delete_code_word",
        summary="The word proves nothing any more. Needs a recent proof.",
    ),
)
