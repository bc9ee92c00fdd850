"""What every page may say about the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from mfaproject.lib import request_id


def site(request: HttpRequest) -> dict[str, Any]:
    """`app_name`, the address that people should see in their address bar, the languages, and the
    id to name when asking for help."""
    return {
        "app_name": settings.APP_NAME,
        "site_host": settings.PUBLIC_ORIGIN.partition("://")[2],
        "site_origin": settings.PUBLIC_ORIGIN,
        "languages": settings.LANGUAGES,
        "request_id": request_id.current(),
    }
