"""WebDriver BiDi, as much as these tests need: commands over one WebSocket, functions run in pages
and, with system access, in the browser itself.
"""

import asyncio
import json
import time
from itertools import count
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse

from e2e.crashes import Crashed
from e2e.push.background import Background
from e2e.waiting import in_page
from mfaproject.lib.patience import AGAIN, PATIENCE

AS_TEXT = "async (given) => JSON.stringify((await (%s)(...JSON.parse(given))) ?? null)"
Answer = dict[str, Any]


class Failed(Exception):
    """The browser refused a command, or a function threw."""


class Bidi:
    """One connection. Every method may be called from any thread but the background's own."""

    def __init__(self, background: Background, address: str) -> None:
        self.background = background
        self._numbers = count(1)
        self._open: dict[int, asyncio.Future[Answer]] = {}
        background.run(self._connect(address))

    def command(self, method: str, **parameters: object) -> Answer:
        return self.background.run(self._command(method, **parameters))

    def call(self, context: str, function: str, *given: object, press: bool = False) -> Any:
        """What a function gives for these values, all of them JSON; `press`: as if somebody had
        pressed something there just now."""
        return self.background.run(self._call(context, function, given, press=press))

    def element(self, context: str, function: str, *given: object) -> str:
        """A handle for the element that a function finds."""
        text = {"type": "string", "value": json.dumps(given)}
        found = f"(given) => ({function})(...JSON.parse(given))"
        said = self.command(
            "script.callFunction",
            functionDeclaration=found,
            arguments=[text],
            target={"context": context},
            awaitPromise=True,
        )
        handle: str = said["result"]["sharedId"]
        return handle

    def until(self, context: str, function: str, *given: object) -> Any:
        """The first true thing that a function gives; the page may go and
        another come meanwhile."""
        end = time.monotonic() + PATIENCE
        while True:
            left = end - time.monotonic()
            try:
                return self.call(context, in_page(function, left), *given)
            except (Failed, TimeoutError):
                assert left > AGAIN, f"it never was so: {function} of {given}"
                time.sleep(AGAIN)

    async def close(self) -> None:
        await self._socket.close()
        await self._session.close()
        self._reader.cancel()

    async def _connect(self, address: str) -> None:
        self._session = ClientSession()
        self._socket: ClientWebSocketResponse = await self._session.ws_connect(
            address, max_msg_size=0
        )
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self._socket:
            said = json.loads(message.data)
            waiting = self._open.pop(said.get("id"), None)
            if waiting and not waiting.done():
                waiting.set_result(said)
        for waiting in self._open.values():
            waiting.set_exception(Crashed("Firefox has hung up"))

    async def _call(
        self, context: str, function: str, given: tuple[object, ...], *, press: bool = False
    ) -> Any:
        said = await self._command(
            "script.callFunction",
            functionDeclaration=AS_TEXT % function,
            arguments=[{"type": "string", "value": json.dumps(given)}],
            target={"context": context},
            awaitPromise=True,
            userActivation=press,
        )
        if said["type"] == "exception":
            raise Failed(said["exceptionDetails"]["text"])
        return json.loads(said["result"]["value"])

    async def _command(self, method: str, **parameters: object) -> Answer:
        number = next(self._numbers)
        waiting = self._open[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        said = await waiting
        if "error" in said:
            raise Failed(f"{method}: {said['error']}: {said['message']}")
        result: Answer = said["result"]
        return result
