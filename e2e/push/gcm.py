"""A stand-in for what Chromium's push client asks of Google: checkin, registration, and the stream
that pushes come on.

Senders POST to /fcm/send/<token> as to any Web Push service. The body is handed on as it is: there
is no key here to open it with.
"""

import asyncio
from dataclasses import dataclass, field

from aiohttp import web

from e2e.push import mcs, vapid
from e2e.push.background import HOST, Background
from e2e.push.certificate import Certificate
from e2e.push.mcs import Registration
from e2e.push.protobuf import field as proto
from e2e.push.protobuf import word
from mfaproject.lib import clock, tokens


@dataclass
class Gcm:
    """Serves one browser. `taken`: what senders were told was accepted, encrypted; `refused`: what
    they were told instead."""

    registrations: dict[str, Registration] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    taken: list[bytes] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    origin: str = ""
    stream: str = ""
    _browser: asyncio.StreamWriter | None = None
    _kept: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def start(cls, background: Background, certificate: Certificate) -> "Gcm":
        service = cls()
        service.origin = f"http://{HOST}:{background.serve(service)}"
        service.stream = f"https://{HOST}:{background.listen(service.talk, certificate.tls)}"
        return service

    def app(self) -> web.Application:
        application = web.Application()
        application.router.add_post("/checkin", self._checkin)
        application.router.add_post("/register", self._register)
        application.router.add_post("/fcm/send/{token}", self._send)
        return application

    def flags(self) -> list[str]:
        """What makes a Chromium use this service."""
        return [
            f"--gcm-checkin-url={self.origin}/checkin",
            f"--gcm-registration-url={self.origin}/register",
            f"--gcm-mcs-endpoint={self.stream}",
        ]

    def push(self, token: str, encrypted: bytes, ttl: int) -> None:
        """To the browser now, and again when it is back without having got it. Raises KeyError for
        a token that is none."""
        number = f"0:{tokens.new_id()}"
        self._kept[number] = mcs.data(self.registrations[token], number, encrypted, ttl)
        self.taken.append(encrypted)
        if self._browser:
            self._browser.write(self._kept[number])

    def hang_up(self) -> None:
        """The connection to the browser breaks."""
        if self._browser:
            self._browser.transport.abort()
        self._browser = None

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the browser."""
        async for tag, message in mcs.frames(reader):
            if tag == mcs.LOGIN:
                self._welcome(writer, message)
            elif tag == mcs.HEARTBEAT:
                writer.write(mcs.frame(mcs.HEARTBEAT_ACK))
        if self._browser is writer:
            self._browser = None
        writer.close()

    def _welcome(self, writer: asyncio.StreamWriter, message: bytes) -> None:
        """A browser that has ended its last subscription leaves, and comes back for the next: what
        it missed in between comes now."""
        for number in mcs.received(message):
            self._kept.pop(number, None)
        writer.write(mcs.VERSION + mcs.logged_in(message) + b"".join(self._kept.values()))
        self._browser = writer

    async def _checkin(self, request: web.Request) -> web.Response:
        """Every browser is told the same made-up number and secret."""
        await request.read()
        known = (
            proto(1, 1)
            + proto(3, clock.timestamp() * 1000)
            + word(7, 0x1122334455667788)
            + word(8, 0x2233445566778899)
            + proto(11, "1")
        )
        return web.Response(body=known, content_type="application/x-protobuffer")

    async def _register(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        subtype = form.get("X-subtype", form["app"])
        if form.get("delete") == "true":
            self.forget(subtype)
            return web.Response(text=f"deleted={form['app']}")
        token = f"fake-{tokens.new_token()}"
        self.registrations[token] = Registration(form["app"], subtype, form["sender"])
        return web.Response(text=f"token={token}")

    def forget(self, subtype: str) -> None:
        """The browser has unsubscribed."""
        ended = {token for token, one in self.registrations.items() if one.subtype == subtype}
        self.gone |= ended
        for token in ended:
            del self.registrations[token]

    async def _send(self, request: web.Request) -> web.Response:
        try:
            return await self._accept(request, request.match_info["token"])
        except vapid.Refused as refusal:
            self.refused.append(str(refusal))
            return refusal.response()

    async def _accept(self, request: web.Request, token: str) -> web.Response:
        if token not in self.registrations:
            raise vapid.Refused(410 if token in self.gone else 404, "no such subscription")
        body = await request.read()
        vapid.check(request, body, key=self.registrations[token].sender, audience=self.origin)
        self.push(token, body, int(request.headers["TTL"]))
        return web.Response(
            status=201, headers={"Location": f"{self.origin}/message/{tokens.new_id()}"}
        )
