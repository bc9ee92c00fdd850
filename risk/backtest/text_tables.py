"""PURE: tables of plain text."""

from collections.abc import Sequence

from risk.backtest.tally import Share

Line = Sequence[str]


def table(head: Line, rows: Sequence[Line], *, words: int = 1) -> list[str]:
    """Columns as wide as they must be; the first `words` are words, the others numbers."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    return ["  " + _line(row, widths, words).rstrip() for row in (head, *rows)]


def _line(row: Line, widths: list[int], words: int) -> str:
    return "  ".join(
        cell.ljust(width) if column < words else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    )


def percent(part: int, whole: int) -> str:
    """ "2.41 %"; a dash where there is nothing."""
    return f"{100 * part / whole:.2f} %" if whole else "–"


def asked(title: str, rows: list[tuple[str, Share]]) -> list[str]:
    """The table that good sign-ins and attackers share."""
    head = (title, "sign-ins", "asked now", "draft", "strong now", "draft")
    return table(
        head,
        [
            (
                name,
                f"{share.total:,}",
                percent(share.asked_now, share.total),
                percent(share.asked_draft, share.total),
                percent(share.strong_now, share.total),
                percent(share.strong_draft, share.total),
            )
            for name, share in rows
        ],
    )
