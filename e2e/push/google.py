"""A stand-in for Google's side of Firebase Cloud Messaging: what a page registers with, and what a
server sends through.

As the real one it encrypts a message for the browser's own subscription and hands it to the push
service that Chromium listens to.
"""

import base64
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
from aiohttp import web
from aiohttp.typedefs import Handler
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from pywebpush import WebPusher

from e2e.push.background import HOST, Background
from e2e.push.certificate import Certificate
from e2e.push.gcm import Gcm
from mfaproject.lib import tokens

PROJECT, SENDER = "nod-tests", "123456789012"
WEB_HOSTS = ("firebaseinstallations.googleapis.com", "fcmregistrations.googleapis.com")
"""Whom the page's kit calls; the browser is told that they are here."""
WEB_CONFIG = {
    "apiKey": "AIza" + "A" * 35,
    "projectId": PROJECT,
    "messagingSenderId": SENDER,
    "appId": f"1:{SENDER}:web:abcdef0123456789",
}
# what google-auth writes, wherever it sends to
TOKEN_AUDIENCE = "https://oauth2.googleapis.com/token"
FOUR_WEEKS = "2419200"
OPEN_TO_ALL = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Allow-Methods": "*",
}


@web.middleware
async def for_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Pages of any origin may call."""
    response = web.Response() if request.method == "OPTIONS" else await handler(request)
    response.headers.update(OPEN_TO_ALL)
    return response


def fault(status: int, name: str, code: str) -> web.Response:
    """An error as FCM writes it."""
    detail = {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code}
    return web.json_response(
        {"error": {"code": status, "status": name, "message": code, "details": [detail]}},
        status=status,
    )


@dataclass
class Google:
    """`browsers`: the subscription behind each registration; `sent`: the
    messages that servers sent."""

    gcm: Gcm
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    browsers: dict[str, dict[str, str]] = field(default_factory=dict)
    sent: list[dict[str, Any]] = field(default_factory=list)
    origin: str = ""
    _port_for_pages: int = 0
    _passes: set[str] = field(default_factory=set)

    @classmethod
    def start(cls, background: Background, certificate: Certificate, gcm: Gcm) -> "Google":
        service = cls(gcm)
        service.origin = f"http://{HOST}:{background.serve(service)}"
        service._port_for_pages = background.serve(service, certificate.tls)
        return service

    def app(self) -> web.Application:
        application = web.Application(middlewares=[for_pages])
        add = application.router.add_post
        add("/v1/projects/{project}/installations", self._install)
        add("/v1/projects/{project}/installations/{fid}/authTokens:generate", self._renew)
        add("/v1/projects/{project}/registrations", self._register)
        application.router.add_delete(
            "/v1/projects/{project}/registrations/{token}", self._unregister
        )
        add("/token", self._authorise)
        add("/v1/projects/{project}/messages:send", self._send)
        application.router.add_route("OPTIONS", "/{path:.*}", self._nothing)
        return application

    def hosts(self) -> list[str]:
        """Rules for Chromium's resolver: the two hosts are here."""
        return [f"MAP {host}:443 {HOST}:{self._port_for_pages}" for host in WEB_HOSTS]

    def settings(self, folder: Path) -> dict[str, str]:
        """What Nod needs to send by this service; files are left in the folder."""
        account, config = folder / "service-account.json", folder / "web-config.json"
        account.write_text(self._account())
        config.write_text(json.dumps(WEB_CONFIG))
        return {
            "FCM_SERVICE_ACCOUNT": str(account),
            "FCM_WEB_CONFIG": str(config),
            "FCM_VAPID_KEY": _public_point(),
            "FCM_AT": self.origin,
        }

    def _account(self) -> str:
        """The JSON of a service account whose tokens are made here."""
        pem = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        facts = {
            "type": "service_account",
            "project_id": PROJECT,
            "private_key_id": "1",
            "private_key": pem,
            "client_email": f"nod@{PROJECT}.iam.gserviceaccount.com",
            "client_id": "1",
            "token_uri": f"{self.origin}/token",
        }
        return json.dumps(facts)

    def forget_everyone(self) -> None:
        """Every registration ends, as after months without a visit."""
        self.browsers.clear()

    async def _nothing(self, _request: web.Request) -> web.Response:
        return web.Response()

    async def _install(self, request: web.Request) -> web.Response:
        fid = (await request.json())["fid"]
        ticket = {"token": f"ticket.{fid}", "expiresIn": "604800s"}
        return web.json_response(
            {
                "name": f"projects/{PROJECT}/installations/{fid}",
                "fid": fid,
                "refreshToken": "again",
                "authToken": ticket,
            }
        )

    async def _renew(self, request: web.Request) -> web.Response:
        return web.json_response(
            {"token": f"ticket.{request.match_info['fid']}", "expiresIn": "604800s"}
        )

    async def _register(self, request: web.Request) -> web.Response:
        """By token and, for newer kits, by the id of the installation."""
        where = (await request.json())["web"]
        fid = request.headers.get("x-goog-firebase-installations-auth", "").rpartition("ticket.")[2]
        token = f"{tokens.new_id()}:APA91b{tokens.new_token()}"
        self.browsers[token] = self.browsers[fid] = where
        return web.json_response(
            {"name": f"projects/{PROJECT}/registrations/{fid}", "token": token}
        )

    async def _unregister(self, request: web.Request) -> web.Response:
        self.browsers.pop(request.match_info["token"], None)
        return web.json_response({})

    async def _authorise(self, request: web.Request) -> web.Response:
        """An access token for whoever holds the service account's key."""
        form = await request.post()
        public = self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        try:
            jwt.decode(
                str(form["assertion"]),
                public,
                algorithms=["RS256"],
                audience=TOKEN_AUDIENCE,
                leeway=5,
            )
        except jwt.InvalidTokenError as error:
            return web.json_response(
                {"error": "invalid_grant", "error_description": str(error)}, status=400
            )
        made = tokens.new_token()
        self._passes.add(made)
        return web.json_response({"access_token": made, "expires_in": 3600, "token_type": "Bearer"})

    async def _send(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self._passes:
            return fault(401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR")
        message = (await request.json())["message"]
        self.sent.append(message)
        return self._push(message)

    def _push(self, message: dict[str, Any]) -> web.Response:
        where = self.browsers.get(message.get("token") or message.get("fid") or "")
        if where is None:
            return fault(404, "NOT_FOUND", "UNREGISTERED")
        number = tokens.new_id()
        ttl = message.get("webpush", {}).get("headers", {}).get("TTL", FOUR_WEEKS)
        try:
            self.gcm.push(
                where["endpoint"].rpartition("/")[2],
                _encrypted(where, _envelope(message, number)),
                int(ttl),
            )
        except KeyError:
            return fault(404, "NOT_FOUND", "UNREGISTERED")
        return web.json_response({"name": f"projects/{PROJECT}/messages/{number}"})


def _public_point() -> str:
    """The public half of a key whose private half the real Google would keep."""
    point = (
        ec.generate_private_key(ec.SECP256R1())
        .public_key()
        .public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    )
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def _envelope(message: dict[str, Any], number: str) -> dict[str, Any]:
    """What the browser is given: the sender's data among facts of Google's own."""
    own = {"from": SENDER, "priority": "normal", "fcmMessageId": number}
    data = message.get("data", {}) | message.get("webpush", {}).get("data", {})
    return own | ({"data": data} if data else {})


def _encrypted(where: dict[str, str], envelope: dict[str, Any]) -> bytes:
    subscription = {
        "endpoint": where["endpoint"],
        "keys": {"p256dh": where["p256dh"], "auth": where["auth"]},
    }
    body: bytes = WebPusher(subscription).encode(
        json.dumps(envelope).encode(), content_encoding="aes128gcm"
    )["body"]
    return body
