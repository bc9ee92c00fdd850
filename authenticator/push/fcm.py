"""Firebase Cloud Messaging by firebase-admin. Imported when it first sends, so that nobody else
pays for it.
"""

import hashlib
import json
import threading
from collections.abc import Mapping
from functools import partial
from typing import Any

import firebase_admin
import requests
from django.conf import settings
from firebase_admin import exceptions, messaging
from google.auth import exceptions as auth_exceptions
from google.auth.credentials import Credentials
from google.auth.transport.requests import Request
from google.oauth2 import service_account

from authenticator.push.base import CredentialRefused, encoded, refusal
from authenticator.push.transport import BoundedAdapter
from mfa.channels.base import DeliveryError

TIMEOUT = 4  # seconds to connect, and again to answer
SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
_making = threading.Lock()


class Fcm:
    """A data message to one token or installation. What reaches the service
    worker is an ordinary push event."""

    def send(
        self, address: Mapping[str, str], payload: Mapping[str, int | str], *, ttl: int, topic: str
    ) -> None:
        """Raises DeliveryError."""
        encoded(payload)
        try:
            app = _app()
            _sign_in(app)
            messaging.send(_message(address, payload, ttl, topic), app=app)
        except exceptions.FirebaseError as error:
            raise _refused(error) from None
        except auth_exceptions.GoogleAuthError as error:
            raise _not_signed_in(error) from None


def _message(
    address: Mapping[str, str], payload: Mapping[str, int | str], ttl: int, topic: str
) -> messaging.Message:
    message = messaging.Message(
        # the service takes nothing but text
        data={name: str(value) for name, value in payload.items()},
        webpush=messaging.WebpushConfig(
            headers={"TTL": str(ttl), "Urgency": "high", "Topic": topic}
        ),
    )
    # Not by the constructor, which warns at each token that installation ids are newer. Browsers
    # still give tokens.
    setattr(message, "fid" if address["kind"] == "fcm-fid" else "token", address["value"])
    return message


def _app() -> firebase_admin.App:
    """One for each credential, made at its first use."""
    if settings.FCM is None:
        raise DeliveryError("no_address", permanent=True)
    account = settings.FCM.service_account
    name = "nod-" + hashlib.sha256(json.dumps(account, sort_keys=True).encode()).hexdigest()
    with _making:
        try:
            return firebase_admin.get_app(name)
        except ValueError:  # its way of saying that there is none
            return _made(account, name)


class _Account(Credentials):
    """The service account, with the one permission that it takes.

    firebase-admin's own asks for six, and google-auth's starts a thread that asks another host of
    Google where the account may be used from.
    """

    def __init__(self, account: dict[str, Any]) -> None:
        super().__init__()
        self._account = service_account.Credentials.from_service_account_info(
            account, scopes=[SCOPE]
        )

    def refresh(self, request: Any) -> None:
        self._account.refresh(request)
        self.token, self.expiry = self._account.token, self._account.expiry


def _made(account: dict[str, Any], name: str) -> firebase_admin.App:
    try:
        credential = _Account(account)
    except ValueError:
        raise CredentialRefused("the service account's key cannot be read", certain=True) from None
    app = firebase_admin.initialize_app(
        credential, {"httpTimeout": TIMEOUT, "projectId": account["project_id"]}, name
    )
    # By itself it would repeat a POST up to five times, over seven seconds and more. Repeating is
    # the outbox's, which knows until when.
    session = messaging._get_messaging_service(app)._client.session  # it offers no other way
    for prefix in list(session.adapters):
        session.mount(prefix, BoundedAdapter(max_retries=0))
    return app


def _sign_in(app: firebase_admin.App) -> None:
    """Gets an access token if none is good. Here and not by the library, which would try three
    times more at each step."""
    credential = app.credential.get_credential()
    if not credential.valid:
        with requests.Session() as session:
            session.mount("https://", BoundedAdapter())
            session.mount("http://", BoundedAdapter())
            credential.refresh(partial(Request(session), timeout=TIMEOUT))


def _not_signed_in(error: auth_exceptions.GoogleAuthError) -> DeliveryError:
    if isinstance(error, auth_exceptions.TransportError):
        cause = error.args[0] if error.args else None
        return DeliveryError(
            "timeout" if isinstance(cause, requests.Timeout) else "unavailable", permanent=False
        )
    if error.retryable:
        return DeliveryError("unavailable", permanent=False)
    return CredentialRefused("Google refused the service account", certain=True)


def _refused(error: exceptions.FirebaseError) -> DeliveryError:
    return _of_the_token(error) or _of_the_credential(error) or _of_the_service(error)


def _of_the_token(error: exceptions.FirebaseError) -> DeliveryError | None:
    """Before the others: these are special cases of a missing page and of a refused permission."""
    if isinstance(error, messaging.UnregisteredError | messaging.SenderIdMismatchError):
        return DeliveryError("gone", permanent=True)
    # Without a word of the token it is the project that is missing, and that says nothing of the
    # device.
    return (
        DeliveryError("rejected", permanent=True)
        if isinstance(error, exceptions.NotFoundError)
        else None
    )


def _of_the_credential(error: exceptions.FirebaseError) -> DeliveryError | None:
    match error:
        case messaging.ThirdPartyAuthError():
            # The Web Push certificate in the project, or a token that was asked for with another
            # one.
            return CredentialRefused("the Web Push certificate was refused", certain=False)
        case exceptions.UnauthenticatedError() | exceptions.PermissionDeniedError():
            return CredentialRefused(f"Firebase answered {error.code}", certain=True)
        case _:
            return None


def _of_the_service(error: exceptions.FirebaseError) -> DeliveryError:
    answer: requests.Response | None = error.http_response
    if isinstance(error, exceptions.DeadlineExceededError):
        return DeliveryError("timeout", permanent=False)
    if answer is None:
        return DeliveryError("unavailable", permanent=False)
    return refusal(answer.status_code, answer.headers.get("Retry-After"))
