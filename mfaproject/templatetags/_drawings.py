"""Our own drawings as inline SVG: 24 × 24, one stroke of 1.75, the colour of the
text around them.
"""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_SHAPES = {
    "app": (
        '<path d="M13.5 3.75h4A2.25 2.25 0 0 1 19.75 6v12a2.25 2.25 0 0 1-2.25 2.25h-4"/><path'
        ' d="M4 12h10.5M11 8.25 14.75 12 11 15.75"/>'
    ),
    "place": (
        '<path d="M12 21c4.2-4.3 6.5-7.8 6.5-11a6.5 6.5 0 0 0-13 0c0 3.2 2.3 6.7 6.5 11z"/><circle'
        ' cx="12" cy="10" r="2.25"/>'
    ),
    "browser": (
        '<rect x="3" y="4.5" width="18" height="15" rx="2.5"/><path d="M3 9h18M6.2 6.75h.01M9'
        ' 6.75h.01"/>'
    ),
    "clock": '<circle cx="12" cy="12" r="8.75"/><path d="M12 7.25V12l3 2"/>',
    "phone": '<rect x="7" y="2.75" width="10" height="18.5" rx="2.5"/><path d="M10.75 18h2.5"/>',
    "key": '<circle cx="8" cy="15.5" r="4.25"/><path d="m11.2 12.5 8.3-8.25M16 7.75l2.75 2.75"/>',
    "bell": '<path d="M6 16.75V11a6 6 0 0 1 12 0v5.75M4.25 16.75h15.5M10 20h4"/>',
    "mail": '<rect x="3" y="5" width="18" height="14" rx="2.5"/><path d="m3.8 7.5 8.2 6 8.2-6"/>',
    "text": (
        '<path d="M5.5 4.75h13A2.25 2.25 0 0 1 20.75 7v7.5a2.25 2.25 0 0 1-2.25 2.25H11L6.5'
        ' 20.5v-3.75h-1a2.25 2.25 0 0 1-2.25-2.25V7A2.25 2.25 0 0 1 5.5 4.75z"/><path d="M8.2'
        ' 10.75h.01M12 10.75h.01M15.8 10.75h.01"/>'
    ),
    "shield": '<path d="M12 2.9 19 5.5v5.75c0 4.5-2.8 7.8-7 9.85-4.2-2.05-7-5.35-7-9.85V5.5z"/>',
    "check": '<path d="m5 12.75 4.5 4.5L19 7.25"/>',
    "ready": '<circle cx="12" cy="12" r="8.75"/><path d="m8.25 12.4 2.6 2.6 5-5.4"/>',
    "warning": '<path d="M12 4.25 20.75 19.25H3.25z"/><path d="M12 10v4M12 16.7v.05"/>',
    "stop": '<circle cx="12" cy="12" r="8.75"/><path d="M12 7.5v5.25M12 15.95v.05"/>',
    "minus": '<circle cx="12" cy="12" r="8.75"/><path d="M8.5 12h7"/>',
    "chevron": '<path d="m6.5 9.5 5.5 5.5 5.5-5.5"/>',
    "refresh": '<path d="M19.25 12a7.25 7.25 0 1 1-2.1-5.1L19.25 9M19.25 4.25V9H14.5"/>',
    "person": (
        '<circle cx="12" cy="8.5" r="3.75"/><path d="M4.75 20c.7-3.7 3.6-5.75 7.25-5.75s6.55 2.05'
        ' 7.25 5.75"/>'
    ),
    "away": (
        '<path d="M4 4l16 16M8.2 8.1A9 9 0 0 0 5 10.25M12 7a10 10 0 0 1 7 3.25M9 13.9a4.5 4.5 0 0 1'
        ' 4.8-.2M12 17.5v.05"/>'
    ),
}
_WORDMARK = (
    '<svg viewBox="0 0 63 32" aria-hidden="true"><path class="strokes" d="M2 25V17.6a5.8 5.8 0 0 1'
    ' 11.6 0V25"/><circle class="head" cx="31" cy="18.5" r="11.25"/><path class="bow" d="M25.7'
    ' 16.7c.5 4.3 2.5 6.3 4.9 6.3 3.4 0 3.6-5.9 6.1-8.1"/><g class="strokes"><circle cx="54.2"'
    ' cy="18.5" r="6.5"/><path d="M60.7 4.5V25"/></g></svg>'
)
ICONS: dict[str, SafeString] = {
    # Constants of this file.
    name: mark_safe(f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{shapes}</svg>')  # noqa: S308
    for name, shapes in _SHAPES.items()
}


def wordmark(href: str, label: str, after: str = "") -> SafeString:
    """The drawn word as a link; `label` is what it is called, `after` a word beside it."""
    beside = format_html(" <span>{}</span>", after) if after else ""
    return format_html(
        '<a class="brand" href="{}" aria-label="{}">{}{}</a>',
        href,
        label,
        mark_safe(_WORDMARK),  # noqa: S308 - a constant
        beside,
    )
