"""`manage.py serve`: everything that `make run` does after installing."""

import os
import socket
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

import prometheus_client
from django.conf import settings
from django.core.management.base import BaseCommand
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.utils.module_loading import import_string

from mfaproject import embedded_delivery, multiprocess_metrics, ops, redis_listener, start
from mfaproject.front import listener, worker
from mfaproject.front.front import Site
from mfaproject.front.parent import Parent
from mfaproject.front.site import site

BACKLOG = 2048  # connections that the system keeps for us while we are busy


class Command(BaseCommand):
    """Honours HOST, PORT, DATA_DIR, DATABASE_URL, REDIS_URL, EMAIL_URL, PUBLIC_ORIGIN, SECRET_KEY,
    TRUSTED_PROXY_COUNT, TRUSTED_PROXIES, TLS_CERT, TLS_KEY and WEB_PROCESSES."""

    help = "Prepares the data folder and serves Nod until Ctrl-C or SIGTERM."
    requires_system_checks: list[str] = []  # done by start.check_settings, in one sentence

    def add_arguments(self, parser: ArgumentParser) -> None:
        delivery = "leave mails and texts to `manage.py deliver`"
        parser.add_argument("--no-delivery", action="store_true", help=delivery)
        tables = "leave the tables to `manage.py migrate`, run as a job before"
        parser.add_argument("--no-migrate", action="store_true", help=tables)

    def handle(self, *args: Any, **options: Any) -> None:
        os.umask(0o077)  # what is made from here on, the database file first, has one reader
        host = start.address(settings.HOST, settings.PORT)
        if settings.METRICS_PORT:
            start.address(settings.HOST, settings.METRICS_PORT)
        tables = start.require_tables if options["no_migrate"] else start.migrate
        start.apart(partial(self._prepare, tables=tables))
        listening = _listening(host)
        work = partial(_work, listening, delivers=not options["no_delivery"])
        self._greet()
        Parent(work, settings.WEB_PROCESSES).run()
        multiprocess_metrics.forget()
        start.leave()

    @staticmethod
    def _prepare(tables: Callable[[], None]) -> None:
        start.check_settings()
        start.reach_database()
        tables()
        start.collect_static()

    def _greet(self) -> None:
        """One line with the address; one with the outbox, where mails are files and the reader sits
        at this machine."""
        self.stdout.write(f"Nod is at {settings.PUBLIC_ORIGIN} (Ctrl-C stops it)")
        if settings.EMBEDDED and settings.IS_LOCAL and not settings.EMAIL_URL:
            outbox = f"{settings.PUBLIC_ORIGIN}/outbox/?key={settings.OUTBOX_KEY}"
            self.stdout.write(f"Mails and texts are at {outbox}")
        self.stdout.flush()


def _listening(host: str) -> socket.socket:
    """Of the parent, so that nobody's connection is lost with a process that answers. `::` is for
    both kinds of addresses."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    there, both = (host, settings.PORT), host == "::"
    return socket.create_server(there, family=family, backlog=BACKLOG, dualstack_ipv6=both)


def _work(listening: socket.socket, number: int, line: int, *, delivers: bool) -> None:
    """In a process that answers."""
    tls = listener.tls(settings.TLS_CERT, settings.TLS_KEY)
    beside = partial(_beside, delivers=delivers and not number, measures=not number)
    worker.run(worker.Plan(listening, tls, line, _site, beside))
    connections.close_all()


def _site() -> Site:
    return site(get_wsgi_application())


def _beside(*, delivers: bool, measures: bool) -> Callable[[], None]:
    """Of several processes one delivers, and one has the port for Prometheus."""
    if measures and settings.METRICS_PORT:
        registry = ops.registry()
        prometheus_client.start_http_server(settings.METRICS_PORT, settings.HOST, registry)
    ended = ExitStack()
    ended.callback(redis_listener.begin())
    if delivers:
        delivery = embedded_delivery.Delivery(
            import_string(embedded_delivery.LOOP), import_string(embedded_delivery.WAKEUP)
        )
        delivery.start()
        ended.callback(delivery.end)
    return ended.close
