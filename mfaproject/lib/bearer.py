"""What a 401 says to programs (RFC 6750, section 3)."""

from typing import Literal

from django.conf import settings

Error = Literal["invalid_token", "insufficient_user_authentication"]


def challenge(error: Error | None = None, description: str = "", **more: str) -> str:
    """The value of `WWW-Authenticate`. Without a token sent there is no error to tell.

    Descriptions are plain ASCII without quotes, the only thing that the header takes; people read
    the problem document, in their language.
    """
    told = {"error": error, "error_description": description} if error else {}
    return "Bearer " + ", ".join(
        f'{name}="{value}"'
        for name, value in {"realm": settings.PUBLIC_HOST, **told, **more}.items()
    )
