"""`manage.py serve`: everything that `make run` does after installing."""

import os
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from mfaproject import embedded, start

THREADS = 8
"""Requests at once. More would only wait for each other: hashing is bound by cores, and SQLite has one writer."""
KILL_AFTER = 10  # seconds for answers in hand when told to stop


class OneWorkerServer(MPServer):
    """Granian with one worker, which is told to end by hanging up (see ParentLine)."""

    def __init__(self, line: embedded.ParentLine, **options: Any) -> None:
        super().__init__("mfaproject.embedded", workers=1, **options)
        self.line = line

    def shutdown(self, exit_code: int = 0) -> None:
        for worker in self.wrks:
            worker.interrupt_by_parent = True  # it ends because we say so, which is no crash
        self.line.hang_up()
        super().shutdown(exit_code)


class Command(BaseCommand):
    """Honours HOST, PORT, DATA_DIR, DATABASE_URL, REDIS_URL, EMAIL_URL, PUBLIC_ORIGIN, SECRET_KEY, TRUSTED_PROXY_COUNT, TLS_CERT, TLS_KEY."""

    help = "Prepares the data folder and serves Nod until Ctrl-C or SIGTERM."
    requires_system_checks: list[str] = []  # done by start.check_settings, which says it in one sentence

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-delivery", action="store_true", help="leave mails and texts to `manage.py deliver`")
        parser.add_argument("--no-migrate", action="store_true", help="leave the tables to `manage.py migrate`, run as a job before")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        os.umask(0o077)  # what is made from here on, the database file first, has one reader
        host = start.address(settings.HOST, settings.PORT)
        if settings.METRICS_PORT:
            start.address(settings.HOST, settings.METRICS_PORT)
        start.apart(partial(self._prepare, tables=start.require_tables if options["no_migrate"] else start.migrate))
        line = embedded.ParentLine()
        server = self._server(host, line)
        server.on_startup(self._greet)
        build = embedded.web if options["no_delivery"] else embedded.web_and_delivery
        server.serve(target_loader=partial(build, line), wrap_loader=False)
        start.leave()

    @staticmethod
    def _prepare(tables: Callable[[], None]) -> None:
        start.check_settings()
        start.reach_database()
        tables()
        start.collect_static()

    def _greet(self) -> None:
        """One line with the address; one with the outbox, where mails are files and the reader sits at this machine."""
        self.stdout.write(f"Nod is at {settings.PUBLIC_ORIGIN} (Ctrl-C stops it)")
        if settings.EMBEDDED and settings.IS_LOCAL and not settings.EMAIL_URL:
            self.stdout.write(f"Mails and texts are at {settings.PUBLIC_ORIGIN}/outbox/?key={settings.OUTBOX_KEY}")
        self.stdout.flush()

    @staticmethod
    def _server(host: str, line: embedded.ParentLine) -> OneWorkerServer:
        logs: dict[str, Any] = settings.LOGGING
        logs = logs | {"loggers": logs["loggers"] | {"_granian": {"propagate": True}}}
        return OneWorkerServer(
            line,
            address=host,
            port=settings.PORT,
            interface=Interfaces.WSGI,
            blocking_threads=THREADS,
            workers_kill_timeout=KILL_AFTER,
            ssl_cert=Path(settings.TLS_CERT) if settings.TLS_CERT else None,
            ssl_key=Path(settings.TLS_KEY) if settings.TLS_KEY else None,
            log_level=LogLevels.error,
            log_dictconfig=logs,
            log_access=False,
        )
