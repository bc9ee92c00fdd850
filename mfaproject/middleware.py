"""What holds for every answer: headers, which host serves what, a database that is away, the
language.
"""

from collections.abc import Callable
from time import monotonic
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import split_domain_port
from django.utils import translation
from django.utils.cache import patch_vary_headers

from mfaproject import errors
from mfaproject.lib import deadlines, http
from mfaproject.lib.database_faults import is_database_fault

GetResponse = Callable[[HttpRequest], HttpResponse]

AUTHENTICATOR = "/authenticator/"
FOR_PROGRAMS = ("/favicon.ico", "/robots.txt", "/.well-known/")
"""The same for everybody: see `mfaproject.well_known`."""
WITHOUT_TRUSTED_TYPES = "/admin/"
"""Pages by others, whose scripts write HTML."""

_EVERYWHERE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src"
    " 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
POLICY = f"{_EVERYWHERE}; require-trusted-types-for 'script'; trusted-types 'none'"
POLICY_ADMIN = _EVERYWHERE
# Registering a worker is a Trusted Types sink, so the authenticator has the one policy that does
# it.
POLICY_AUTHENTICATOR = (
    f"{_EVERYWHERE}; require-trusted-types-for 'script'; trusted-types nod-sw; worker-src 'self';"
    " manifest-src 'self'"
)
# Where Firebase's SDK registers a browser. Only with Firebase, and only where it runs.
_FIREBASE = (
    "connect-src 'self' https://firebaseinstallations.googleapis.com"
    " https://fcmregistrations.googleapis.com"
)
POLICY_AUTHENTICATOR_WITH_FIREBASE = POLICY_AUTHENTICATOR.replace("connect-src 'self'", _FIREBASE)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: with it browsers send `Origin: null` with our own forms, and the CSRF check
    # refuses them.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(),"
        " magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()"
    ),
}


def policy(path: str) -> str:
    """The Content-Security-Policy for a path."""
    if path.startswith(AUTHENTICATOR):
        return POLICY_AUTHENTICATOR_WITH_FIREBASE if settings.FCM else POLICY_AUTHENTICATOR
    return POLICY_ADMIN if path.startswith(WITHOUT_TRUSTED_TYPES) else POLICY


def hsts() -> str:
    """The value of Strict-Transport-Security."""
    return f"max-age={settings.SECURE_HSTS_SECONDS}"


def may_be_cached(path: str, status: int) -> bool:
    """Static files, and the authenticator's shell, whose views say for how long; never an error,
    never a page that knows somebody."""
    return status < 400 and path.startswith(("/static/", AUTHENTICATOR, *FOR_PROGRAMS))


class DeadlineMiddleware:
    """What the request may wait for the database begins with its arrival, also
    where it had to queue."""

    ARRIVED = "nod.arrived"
    """Where whoever took the request says when that was, on the clock of `time.monotonic`."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        arrived = request.META.get(self.ARRIVED)
        began = arrived if isinstance(arrived, float) else monotonic()
        with deadlines.request(began + deadlines.BUDGET):
            return self.get_response(request)


class HeadersMiddleware:
    """The same headers on every answer. A view may only be stricter about the referrer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        response["Content-Security-Policy"] = policy(request.path)
        if settings.SECURE_HSTS_SECONDS:
            response["Strict-Transport-Security"] = hsts()
        if "Cache-Control" not in response or not may_be_cached(request.path, response.status_code):
            response["Cache-Control"] = "no-store"
        return response


class ForwardedMiddleware:
    """Headers that speak for somebody else are dropped where their sender is no proxy of ours,
    before anybody reads them; the host is spelt as a browser would."""

    FORWARDED = (
        "HTTP_X_FORWARDED_FOR",
        "HTTP_X_FORWARDED_PROTO",
        "HTTP_X_FORWARDED_HOST",
        "HTTP_X_FORWARDED_PORT",
        "HTTP_FORWARDED",
    )

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.TRUSTED_PROXIES and not http.believes_forwarded(
            request.META.get("REMOTE_ADDR", "")
        ):
            for name in self.FORWARDED:
                request.META.pop(name, None)
        if "HTTP_HOST" in request.META:
            request.META["HTTP_HOST"] = http.host(request.META["HTTP_HOST"], request.scheme or "")
        return self.get_response(request)


class OriginsMiddleware:
    """One origin is one trust domain: the authenticator's host serves the authenticator and nothing
    else, and knows no cookie."""

    SERVED = ("/authenticator/", "/v1/authenticator/", "/static/")
    MOVED = ("/authenticator/", "/v1/authenticator/")
    PROBES = ("/healthz", "/readyz", "/metrics")
    ON_BOTH = ("/healthz", "/.well-known/security.txt")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.AUTHENTICATOR_HAS_OWN_ORIGIN and self._is_authenticator(
            request.META.get("HTTP_HOST", "")
        ):
            return self._authenticator(request)
        if request.path in self.PROBES:
            # Balancers and Prometheus know us by an inner address. These answers use no host, so it
            # need not be on the list.
            request.META["HTTP_HOST"] = self._netloc(settings.PUBLIC_ORIGIN)
        if not self._is_ours(request):
            return errors.wrong_host(request)
        if settings.AUTHENTICATOR_HAS_OWN_ORIGIN and request.path.startswith(self.MOVED):
            return self._moved(request)
        return self.get_response(request)

    def _is_authenticator(self, host: str) -> bool:
        """Cookies know no ports: where the names differ, the name decides,
        whatever port was typed."""
        own, login = (
            urlsplit(origin) for origin in (settings.AUTHENTICATOR_ORIGIN, settings.PUBLIC_ORIGIN)
        )
        if own.hostname == login.hostname:
            return host == own.netloc
        # as Django splits what it allows
        return split_domain_port(host)[0].strip("[]") == own.hostname

    @staticmethod
    def _is_ours(request: HttpRequest) -> bool:
        """Looked at here and not where somebody first asks for it: Django would
        call each scanner an error."""
        try:
            request.get_host()
        except DisallowedHost:
            return False
        return True

    @staticmethod
    def _netloc(origin: str) -> str:
        return urlsplit(origin).netloc

    def _authenticator(self, request: HttpRequest) -> HttpResponse:
        request.META.pop("HTTP_COOKIE", None)
        served = request.path.startswith(self.SERVED) or request.path in self.ON_BOTH
        response = (
            self.get_response(request) if served else errors.page_not_found(request, Http404())
        )
        response.cookies.clear()
        return response

    @staticmethod
    def _moved(request: HttpRequest) -> HttpResponse:
        """Pages lead to the other host; the browser carries a pairing link's fragment along. Signed
        calls were signed for the other host."""
        if request.path.startswith(AUTHENTICATOR) and request.method in ("GET", "HEAD"):
            return HttpResponseRedirect(settings.AUTHENTICATOR_ORIGIN + request.get_full_path())
        return errors.page_not_found(request, Http404())


class DatabaseFaultMiddleware:
    """Turns a database that does not answer into a 503. Faults inside other middleware reach
    `errors.server_error`, with the same end."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return errors.database_fault(request, exception) if is_database_fault(exception) else None


class LanguageMiddleware:
    """`?lang=fr` wins and is remembered; then the cookie; then what the browser asks for."""

    YEAR = 365 * 86_400

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen, language = http.chosen_language(request), http.language(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language",))
        if chosen:
            self._remember(response, chosen)
        return response

    def _remember(self, response: HttpResponse, language: str) -> None:
        name, secure = settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_COOKIE_SECURE
        response.set_cookie(
            name,
            language,
            max_age=self.YEAR,
            path="/",
            secure=secure,
            httponly=True,
            samesite="Lax",
        )
