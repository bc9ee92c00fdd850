"""A stand-in for Mozilla's push service: a WebSocket for the browser, HTTP for senders. It cannot
open what it hands on.
"""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from e2e.push import vapid
from e2e.push.background import HOST, Background
from mfaproject.lib import tokens

DELIVERED = 100
"""What the browser answers once its service worker has taken a push; 101 is
"could not be decrypted"."""
Message = dict[str, Any]


@dataclass
class Autopush:
    """Serves one browser. `acknowledged`: the codes that the browser gave for what came to it;
    `refused`: what senders were told."""

    origin: str = ""
    keys: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    taken: list[bytes] = field(default_factory=list)
    acknowledged: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    _browser: web.WebSocketResponse | None = None
    _waiting: list[Message] = field(default_factory=list)

    @classmethod
    def start(cls, background: Background) -> "Autopush":
        service = cls()
        service.origin = f"http://{HOST}:{background.serve(service)}"
        return service

    @property
    def address(self) -> str:
        """Where the browser connects to."""
        return self.origin.replace("http://", "ws://") + "/"

    def app(self) -> web.Application:
        application = web.Application()
        application.router.add_get("/", self._talk)
        application.router.add_post("/wpush/v2/{channel}", self._send)
        return application

    async def hang_up(self) -> None:
        """The connection to the browser breaks."""
        browser, self._browser = self._browser, None
        if browser:
            await browser.close()

    async def _talk(self, request: web.Request) -> web.WebSocketResponse:
        browser = web.WebSocketResponse(protocols=("push-notification",), timeout=0.1)
        await browser.prepare(request)
        async for message in browser:
            if message.type == WSMsgType.TEXT:
                await self._hear(browser, json.loads(message.data))
        if self._browser is browser:
            self._browser = None
        return browser

    async def _hear(self, browser: web.WebSocketResponse, said: Message) -> None:
        match said.get("messageType"):
            case None:  # a ping is `{}`
                await browser.send_json({})
            case "hello":
                await self._welcome(browser, said.get("uaid") or tokens.new_id())
            case "register":
                await self._register(browser, said)
            case "unregister":
                self.forget(said["channelID"])
                await browser.send_json(
                    {"messageType": "unregister", "channelID": said["channelID"], "status": 200}
                )
            case "ack":
                self.acknowledged += [update["code"] for update in said["updates"]]

    async def _welcome(self, browser: web.WebSocketResponse, name: str) -> None:
        await browser.send_json(
            {
                "messageType": "hello",
                "uaid": name,
                "status": 200,
                "use_webpush": True,
                "broadcasts": {},
            }
        )
        for message in self._waiting:
            await browser.send_json(message)
        self._waiting.clear()
        self._browser = browser

    async def _register(self, browser: web.WebSocketResponse, said: Message) -> None:
        channel = said["channelID"]
        self.keys[channel] = said["key"]
        endpoint = f"{self.origin}/wpush/v2/{channel}"
        await browser.send_json(
            {
                "messageType": "register",
                "channelID": channel,
                "status": 200,
                "pushEndpoint": endpoint,
            }
        )

    def forget(self, channel: str) -> None:
        """The browser has unsubscribed."""
        if self.keys.pop(channel, None):
            self.gone.add(channel)

    async def _send(self, request: web.Request) -> web.Response:
        try:
            return await self._accept(request, request.match_info["channel"])
        except vapid.Refused as refusal:
            self.refused.append(str(refusal))
            return refusal.response()

    async def _accept(self, request: web.Request, channel: str) -> web.Response:
        if channel not in self.keys:
            raise vapid.Refused(410 if channel in self.gone else 404, "no such subscription")
        body = await request.read()
        vapid.check(request, body, key=self.keys[channel], audience=self.origin)
        await self._hand_on(channel, body)
        return web.Response(
            status=201,
            headers={
                "Location": f"{self.origin}/m/{tokens.new_id()}",
                "TTL": request.headers["TTL"],
            },
        )

    async def _hand_on(self, channel: str, body: bytes) -> None:
        """To the browser now, else when it is back."""
        self.taken.append(body)
        text = base64.urlsafe_b64encode(body).rstrip(b"=").decode()
        message = {
            "messageType": "notification",
            "channelID": channel,
            "version": tokens.new_id(),
            "data": text,
            "headers": {"encoding": "aes128gcm"},
        }
        if self._browser is None or self._browser.closed:
            self._waiting.append(message)
        else:
            await self._browser.send_json(message)
