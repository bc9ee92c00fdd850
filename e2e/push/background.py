"""An event loop in a thread of its own, where the stand-ins for push services live while a test
drives the browsers.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from ssl import SSLContext
from typing import Any, Protocol, TypeVar

from aiohttp import web

from mfaproject.lib.patience import PATIENCE

T = TypeVar("T")
HOST = "127.0.0.1"


class Site(Protocol):
    """Something that answers HTTP."""

    def app(self) -> web.Application: ...


class Background:
    """Runs coroutines and servers until `close`."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._ends = AsyncExitStack()
        self._thread = threading.Thread(
            target=self.loop.run_forever, name="push services", daemon=True
        )
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Its result; called from any other thread."""
        return asyncio.run_coroutine_threadsafe(
            asyncio.wait_for(work, PATIENCE), self.loop
        ).result()

    def call(self, act: Callable[[], T]) -> T:
        """A plain function, run where nothing else runs at the same time."""

        async def once() -> T:
            return act()

        return self.run(once())

    def at_end(self, act: Callable[[], Awaitable[object]]) -> None:
        """Runs when all this ends, the last one first."""
        self._ends.push_async_callback(act)

    def serve(self, site: Site, tls: SSLContext | None = None) -> int:
        """The port on which a site answers from now on."""
        return self.run(self._serve(site, tls))

    def listen(
        self,
        each: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
        tls: SSLContext,
    ) -> int:
        """The port on which each connection is handled from now on."""
        return self.run(self._listen(each, tls))

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self.loop).result(PATIENCE)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(PATIENCE)
        self.loop.close()

    async def _serve(self, site: Site, tls: SSLContext | None) -> int:
        runner = web.AppRunner(site.app(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        self.at_end(runner.cleanup)
        await web.TCPSite(runner, HOST, 0, ssl_context=tls).start()
        return int(runner.addresses[0][1])

    async def _listen(
        self,
        each: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
        tls: SSLContext,
    ) -> int:
        server = await asyncio.start_server(each, HOST, 0, ssl=tls)

        async def close() -> None:
            server.close()

        self.at_end(close)
        return int(server.sockets[0].getsockname()[1])

    async def _end(self) -> None:
        """Servers first, then whatever still hangs on a connection."""
        await self._ends.aclose()
        hanging = asyncio.all_tasks() - {asyncio.current_task()}
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
        await self.loop.shutdown_asyncgens()
