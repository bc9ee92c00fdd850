"""The 503 of whoever stands in front and has no thread free: page or document as the site gives them.

Asks nobody and nothing, so that it may be called where nothing may be waited for.
"""

from collections.abc import Mapping
from io import BytesIO
from urllib.parse import unquote_to_bytes

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse

from mfaproject.lib import try_again
from mfaproject.lib.request_id import RequestIDMiddleware
from mfaproject.lib.try_again import Why
from mfaproject.middleware import HeadersMiddleware
from mfaproject.ops import MetricsMiddleware

Answer = tuple[int, list[tuple[str, str]], bytes]
_NOT_HTTP = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


def turned_away(
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    secure: bool,
    why: Why = try_again.BUSY,
) -> Answer:
    """Status, headers and body. `path` as it was sent, without query; `headers` by names in lower case;
    `secure`: whether it came to us by TLS."""
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "443" if secure else "80",
        "wsgi.url_scheme": "https" if secure else "http",
        "wsgi.input": BytesIO(body),
        **{_name(name): value for name, value in headers.items()},
        "CONTENT_LENGTH": str(len(body)),
    }

    def say(request: HttpRequest) -> HttpResponse:
        return try_again.answer(request, why)

    response = RequestIDMiddleware(MetricsMiddleware(HeadersMiddleware(say)))(WSGIRequest(environ))
    response["Content-Length"] = str(len(response.content))
    content = b"" if method == "HEAD" else response.content
    return response.status_code, list(response.items()), content


def _name(header: str) -> str:
    return _NOT_HTTP.get(header, "HTTP_" + header.upper().replace("-", "_"))
