"""Lists, a page at a time."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from mfaproject.lib.problems import invalid

PER_PAGE, LONGEST_PAGE, LONGEST_HISTORY = 20, 100, 500
Item = TypeVar("Item")


def _whole(request: Request, name: str, default: int, most: int) -> int:
    raw = request.query_params.get(name, str(default))
    if not (raw.isascii() and raw.isdigit() and len(raw) < 7 and 1 <= int(raw) <= most):
        raise invalid({name: [_("A whole number, 1 or more, is wanted here.")]})
    return int(raw)


def page(
    request: Request, items: Sequence[Item], shown: Callable[[Item], dict[str, Any]]
) -> Response:
    """`?page=1&page_size=20` → `count`, the numbers of the pages before and after, and the page
    itself. A page past the end is empty."""
    number, size = (
        _whole(request, "page", 1, 100_000),
        _whole(request, "page_size", PER_PAGE, LONGEST_PAGE),
    )
    start = (number - 1) * size
    following = number + 1 if start + size < len(items) else None
    results = [shown(item) for item in items[start : start + size]]
    return Response(
        {"count": len(items), "next": following, "previous": number - 1 or None, "results": results}
    )
