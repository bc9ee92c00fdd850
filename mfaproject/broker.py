"""The address of the message broker, as Celery wants it: made from one that the
cache understands.
"""

from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit


def broker_url(url: str) -> str:
    """`redis://`, `rediss://` and `unix://` as Redis clients know them → the same for Celery; ""
    stays "".

    With TLS the server's certificate is verified unless the address says otherwise: Celery alone
    would take any.
    """
    parts = urlsplit(url)
    match parts.scheme:
        case "unix":
            number = parse_qs(parts.query).get("db", ["0"])[0]
            return f"redis+socket://{parts.path}?virtual_host={number}"
        case "rediss" if "ssl_cert_reqs" not in parse_qs(parts.query):
            query = "&".join(filter(None, (parts.query, urlencode({"ssl_cert_reqs": "required"}))))
            return urlunsplit(parts._replace(query=query))
        case _:
            return url
