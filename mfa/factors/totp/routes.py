"""The API of an app that shows codes."""

from mfa.registry.routes import Route, Shown

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - an example
CODE = "413742"
"""The secret's at the moment of the other examples."""

ROUTES = (
    Route(
        "verify",
        "auth/verify-totp-code",
        "verify_totp_code",
        "verify_totp_code",
        CODE,
        about="The one that an authenticator app shows.",
    ),
    Route(
        "begin",
        "add-totp-method",
        "add_totp",
        "add_totp_method",
        summary=(
            "A secret for an authenticator app; it proves nothing until it is confirmed. Needs a"
            " recent proof."
        ),
        about=(
            "A secret for an authenticator app. It proves nothing until a code of it was confirmed."
        ),
        shown=Shown(
            "TotpSecret",
            "For an authenticator app. `otpauth_uri` is what its QR code holds.",
            {
                "secret": SECRET,
                "otpauth_uri": f"otpauth://totp/Nod:alice?secret={SECRET}&issuer=Nod",
                "issuer": "Nod",
            },
        ),
    ),
    Route(
        "confirm",
        "confirm-totp-method",
        "confirm_totp",
        "confirm_totp_method",
        CODE,
        summary=(
            "The first code of the app: from now on it counts, in place of an earlier one. Needs a"
            " recent proof."
        ),
        about="The first code of the app: from now on it counts.",
    ),
    Route(
        "remove",
        "delete-totp-method",
        "delete_totp",
        "delete_totp_method",
        summary="The app proves nothing any more. Needs a recent proof.",
        about="The app proves nothing any more.",
    ),
)
