"""Which formats the JSON side speaks: one."""

from collections.abc import Iterable

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


def media_type(header: str) -> str:
    """`application/json` of `Application/JSON; charset=utf-8`."""
    return header.partition(";")[0].strip().lower()


class OnlyJson(BaseContentNegotiation):
    """JSON goes out whatever `Accept` says, as RFC 9110 (12.5.1) allows: a client that gets 406
    learns less than one that gets the answer."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """By the exact name: `application/*` is what a client may take, never what it has sent."""
        sent = media_type(request.content_type or "")
        return next((parser for parser in parsers if parser.media_type == sent), None)

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        """The only one."""
        (renderer,) = renderers
        return renderer, renderer.media_type
