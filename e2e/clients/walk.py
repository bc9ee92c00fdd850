"""Signs up and in with a client that is generated from the OpenAPI document, as somebody would
write it who has nothing else.

Asks on standard output for what a person would do, a word a line; what she reads comes back on
standard input.
"""

import base64
import hashlib
import os
import sys
import time
from http import HTTPStatus
from typing import TypeVar

from httpx import Timeout
from nod_client import AuthenticatedClient, Client
from nod_client.api.account import logout, me
from nod_client.api.signing_in import (
    login,
    login_with_mfa,
    register,
    send_login_email_code,
    send_login_push,
    verify_login_email_code,
    verify_login_push,
)
from nod_client.models import (
    Account,
    LetIn,
    LoginRequest,
    MoreNeeded,
    PrivateKey,
    Problem,
    ReferenceAndCodeRequest,
    ReferenceAndKeyRequest,
    ReferenceRequest,
    RegisterRequest,
    Waiting,
)

T = TypeVar("T")
ORIGIN, USERNAME, PASSWORD, EMAIL = sys.argv[1:]
PATIENCE = Timeout(60)
client = Client(ORIGIN, timeout=PATIENCE, raise_on_unexpected_status=True)


def ask(what: str) -> str:
    print(what, flush=True)
    return sys.stdin.readline().strip()


def good(told: T | Problem | None) -> T:
    assert told is not None, "an answer that the document does not have"
    assert not isinstance(told, Problem), f"{told.code}: {told.detail}"
    return told


def look_and_leave(token: str) -> Account:
    """Who the token belongs to; afterwards it is good for nothing."""
    with AuthenticatedClient(
        ORIGIN, token, timeout=PATIENCE, raise_on_unexpected_status=True
    ) as signed_in:
        account = good(me.sync(client=signed_in))
        assert logout.sync_detailed(client=signed_in).status_code == HTTPStatus.NO_CONTENT
        refused = me.sync(client=signed_in)
    assert isinstance(refused, Problem)
    assert refused.code == "unauthorized"
    return account


def by_mail() -> str:
    told = good(login.sync(client=client, body=LoginRequest(USERNAME, PASSWORD)))
    assert isinstance(told, MoreNeeded)
    reference = told.reference_id
    good(send_login_email_code.sync(client=client, body=ReferenceRequest(reference)))
    typed = ReferenceAndCodeRequest(reference_id=reference, code=ask("code"))
    key = good(verify_login_email_code.sync(client=client, body=typed)).private_key
    done = good(
        login_with_mfa.sync(
            client=client, body=ReferenceAndKeyRequest(reference_id=reference, private_key=key)
        )
    )
    look_and_leave(done.token)
    assert done.device_id is not None
    return done.device_id


def by_device(device: str) -> None:
    told = good(
        login.sync(client=client, body=LoginRequest(USERNAME, PASSWORD), x_device_id=device)
    )
    assert isinstance(told, LetIn)
    look_and_leave(told.token)


def look(going_on: ReferenceRequest) -> PrivateKey | Waiting:
    told = verify_login_push.sync(client=client, body=going_on)
    assert isinstance(told, PrivateKey | Waiting), told
    return told


def by_push() -> Account:
    verifier = base64.urlsafe_b64encode(os.urandom(48)).decode()
    challenge = (
        base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    )
    told = good(login.sync(client=client, body=LoginRequest(USERNAME, PASSWORD, challenge)))
    assert isinstance(told, MoreNeeded)
    assert "push" in told.methods
    going_on = ReferenceRequest(told.reference_id, verifier)
    print("number", good(send_login_push.sync(client=client, body=going_on)).number, flush=True)
    while isinstance(answer := look(going_on), Waiting):
        time.sleep(answer.poll_after)
    proven = ReferenceAndKeyRequest(
        reference_id=told.reference_id, private_key=answer.private_key, client_verifier=verifier
    )
    return look_and_leave(good(login_with_mfa.sync(client=client, body=proven)).token)


good(
    register.sync(
        client=client,
        body=RegisterRequest(
            fullname="Alice Example", username=USERNAME, password=PASSWORD, email=EMAIL
        ),
    )
)
by_device(by_mail())
ask("phone")
account = by_push()
print("done", account.username, str(account.email_verified).lower(), flush=True)
