"""The one way out for Web Push: a session of requests that connects to the address that was
checked, and follows nobody.
"""

from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3.exceptions import NewConnectionError

from authenticator import endpoints
from authenticator.push import resolver

# seconds; with a name to look up and two addresses to try, a delivery ends well within its lease
CONNECT, READ = 3.0, 5.0
LONGEST_ANSWER = 4096  # bytes; we look at the status alone


class BoundedAdapter(HTTPAdapter):
    """For hosts that are not in doubt, through a proxy where there is one. A name is looked up
    within the deadline before it is used."""

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        """Raises what requests raises."""
        parts = urlsplit(request.url or "")
        if not select_proxy(request.url or "", proxies):
            try:
                resolver.lookup(parts.hostname or "", parts.port or 443)
            except TimeoutError as error:
                raise requests.ConnectTimeout(error, request=request) from None
            except OSError as error:
                raise requests.ConnectionError(error, request=request) from None
        return super().send(
            request, stream=stream, timeout=timeout, verify=verify, cert=cert, proxies=proxies
        )


class CheckedAdapter(HTTPAdapter):
    """Asks the rules for every request, then connects to an address that they
    let pass. TLS still checks the name."""

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        """Raises BadEndpoint, or what requests raises."""
        endpoint = endpoints.allowed(request.url or "")
        ways = self._ways(endpoint, request)
        for last, ip in enumerate(ways, 1 - len(ways)):
            try:
                return _bounded(
                    super().send(
                        _pinned(request, endpoint, ip),
                        stream=True,
                        timeout=timeout,
                        verify=verify,
                        cert=cert,
                    )
                )
            except requests.ConnectionError as error:
                # Only what never reached anybody may be sent again.
                if last == 0 or not _never_connected(error):
                    raise
        raise requests.ConnectionError("the name has no address", request=request)

    @staticmethod
    def _ways(endpoint: endpoints.Endpoint, request: requests.PreparedRequest) -> list[str]:
        try:
            return resolver.addresses(endpoint)
        except TimeoutError as error:
            raise requests.ConnectTimeout(error, request=request) from None
        except OSError as error:
            raise requests.ConnectionError(error, request=request) from None

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        """The URL holds an address by now; the name that a certificate must be
        for is the Host header's."""
        where, how = super().build_connection_pool_key_attributes(request, verify, cert)
        if where["scheme"] == "https":
            name = urlsplit("//" + str(request.headers["Host"])).hostname
            how |= {"server_hostname": name, "assert_hostname": name}
        return where, how


def _pinned(
    request: requests.PreparedRequest, endpoint: endpoints.Endpoint, ip: str
) -> requests.PreparedRequest:
    """The same request, to this address."""
    pinned, parts = request.copy(), urlsplit(request.url or "")
    pinned.headers["Host"] = parts.netloc
    host = f"[{ip}]" if ":" in ip else ip
    pinned.url = parts._replace(netloc=f"{host}:{endpoint.port}").geturl()
    return pinned


def _never_connected(error: requests.ConnectionError) -> bool:
    cause = error.args[0] if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(
        getattr(cause, "reason", None), NewConnectionError
    )


def _bounded(response: requests.Response) -> requests.Response:
    """Reads once, and at most so much: an endless or a slow answer holds nobody up."""
    raw = response.raw
    head = raw.read1(LONGEST_ANSWER)
    # of an answer that is read to its end the connection is back in the pool by now, and stays open
    raw.close()
    response.raw = BytesIO(head)
    return response


class Session(requests.Session):
    """No proxies, passwords or certificates from the environment, no cookies, no redirects."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        self.adapters.clear()
        for scheme in ("https://", "http://"):
            self.mount(scheme, CheckedAdapter())

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Nowhere. pywebpush would follow."""
        return None
