"""The process that answers."""

import asyncio
import gc
import os
import resource
import signal
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from mfaproject.front import limits
from mfaproject.front.front import Front, Site
from mfaproject.front.listener import Listener
from mfaproject.lib.hub import hub


@dataclass(frozen=True)
class Plan:
    """`line`: a pipe of which the parent holds the other end: when it ends, so do we.

    `build()` makes the site, in this process; `beside()` starts what runs beside it, and gives what
    ends that.
    """

    listening: socket.socket
    tls: ssl.SSLContext | None
    line: int
    build: Callable[[], Site]
    beside: Callable[[], Callable[[], None]]


def run(plan: Plan) -> None:
    """Serves until the line ends. Signals are the parent's affair: a terminal sends them to
    everybody, and so does systemd, and then a worker would end before its parent expects it."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    site = plan.build()
    end = plan.beside()
    try:
        asyncio.run(_serve(plan, site))
    finally:
        end()


async def _serve(plan: Plan, site: Site) -> None:
    loop = asyncio.get_running_loop()
    front = Front(site, hub, loop, cores=os.cpu_count() or 1)
    sockets = room()
    hub.most = min(hub.most, sockets * 4 // 5)  # who waits leaves room for who asks
    listener = Listener(front, plan.listening, plan.tls, room=sockets)
    ended = asyncio.Event()
    loop.add_reader(plan.line, ended.set)
    front.start()
    gc.collect()
    gc.freeze()  # what is there now stays: nothing is gained by looking at it again and again
    listener.start()
    await ended.wait()
    loop.remove_reader(plan.line)
    front.close()
    await _drained(front)
    listener.stop()
    front.threads.close()


async def _drained(front: Front) -> None:
    """Until what has begun has been answered, or its time is over; new requests are refused."""
    with suppress(TimeoutError):
        async with asyncio.timeout(limits.STOP_SECONDS):
            await front.idle()


def room() -> int:
    """Sockets that this process may have, after asking the system for as many files as it gives."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = limits.SOCKETS + limits.FILES_KEPT
    most = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    files = max(soft, most)
    return min(limits.SOCKETS, max(files - limits.FILES_KEPT, files // 2))
