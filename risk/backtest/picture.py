"""PURE: the curves as SVG. Every point of a line is a threshold: to the right are the good sign-ins
that it asks, upwards the attackers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from html import escape

from risk.backtest.suggest import Curve, Mark, Point, between, curves
from risk.backtest.tally import Totals
from risk.policy.rules import Policy

WIDTH, HEIGHT = 400, 360
LEFT, RIGHT, TOP, BOTTOM = 58, 380, 62, 276
NICE = (0.002, 0.004, 0.01, 0.02, 0.04, 0.08, 0.12, 0.2, 0.4, 0.6, 0.8, 1.0)
AROUND = 2.5  # times as wide as the farther of the two policies
ENGLISH: Mapping[str, str] = {
    "challenge": "Asked for more proof",
    "strict": "Asked for a strong factor",
    "good_challenge": "good sign-ins on known browsers",
    "good_strict": "good sign-ins",
    "attackers": "attackers",
    "now": "now",
    "draft": "draft",
    "naive": "naive",
    "vpn": "same country",
    "targeted": "targeted",
    "thief": "cookie thief",
}
STYLE = """
svg { --ink: #15181c; --soft: #4b525a; --line: #dedcd4; --card: #fff; --naive: #2b8f6c;
  --vpn: #2f6f9f; --targeted: #9c1f18; --thief: #b8730f; }
@media (prefers-color-scheme: dark) {
  svg { --ink: #eef0f2; --soft: #b0b8c1; --line: #2b3036; --card: #181b1f; --naive: #3aa981;
    --vpn: #6fb3e0; --targeted: #ff9a91; --thief: #d99a45; }
}
.paper { fill: var(--card); }
text { fill: var(--soft); font: 400 12px system-ui, -apple-system, "Segoe UI", Roboto,
  "Noto Sans", sans-serif; font-variant-numeric: tabular-nums; }
.head { fill: var(--ink); font-weight: 600; font-size: 14px; }
.mid { text-anchor: middle; } .end { text-anchor: end; }
.grid { stroke: var(--line); } .axis { stroke: var(--soft); } .mark { stroke: var(--ink); } .now {
  stroke-dasharray: 3 4; }
.marked { fill: var(--ink); font-weight: 600; }
.curve { fill: none; stroke-width: 2.25; stroke-linejoin: round; } .band { opacity: .14; }
.curve.naive { stroke: var(--naive); stroke-dasharray: 1 4; stroke-linecap: round; } .curve.vpn {
  stroke: var(--vpn); stroke-dasharray: 7 4; }
.curve.targeted { stroke: var(--targeted); stroke-dasharray: 11 3 2 3; } .curve.thief {
  stroke: var(--thief); }
.dot, .band { fill: var(--thief); }
"""


@dataclass(frozen=True, slots=True)
class Panel:
    """The curves of one threshold. `now` and `draft` are its values; `counts`
    how many attackers of a kind were drawn."""

    mark: Mark
    curves: tuple[Curve, ...]
    draft: int
    now: int | None
    counts: Mapping[str, int]
    words: Mapping[str, str] = field(default_factory=lambda: ENGLISH)

    @property
    def widest(self) -> float:
        """Share of the good sign-ins at the right edge."""
        marked = [
            self.curves[0].at(each).good for each in (self.draft, self.now) if each is not None
        ]
        farthest = max(point.good for point in self.curves[0].points)
        wanted = min(farthest, max(0.05, *(AROUND * each for each in marked)))
        return next(each for each in NICE if each >= min(wanted, 1.0))


def panels(
    tally: Totals, draft: Policy, now: Policy | None, words: Mapping[str, str] = ENGLISH
) -> list[Panel]:
    """Those that there are enough sign-ins and attackers for. Give `now` only where it gave its
    points by the draft's weights, too."""
    counts = {kind: drawn.share.total for kind, drawn in tally.drawn.items()}
    found = []
    for mark in ("challenge", "strict"):
        lines = curves(tally, mark, draft)
        if lines:
            found.append(
                Panel(
                    mark,
                    lines,
                    getattr(draft, mark),
                    getattr(now, mark) if now else None,
                    counts,  # type: ignore[arg-type]
                    words,
                )
            )
    return found


def whole(tally: Totals, draft: Policy, now: Policy | None) -> str:
    """A file of its own, with its colours for light and dark; "" where there is no curve."""
    found = panels(tally, draft, now)
    if not found:
        return ""
    drawn = "".join(
        f'<g transform="translate({number * WIDTH} 0)">{inside(panel)}</g>'
        for number, panel in enumerate(found)
    )
    width = WIDTH * len(found)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}"'
        f' height="{HEIGHT}" role="img">'
    )
    return (
        f'{head}<style>{STYLE}</style><rect class="paper" width="{width}"'
        f' height="{HEIGHT}"/>{drawn}</svg>\n'
    )


def inside(panel: Panel) -> str:
    """The picture of one panel, without the svg element around it; its colours
    are those of classes."""
    return "".join((*_frame(panel), *_lines(panel), *_marks(panel), *_legend(panel)))


def told(panel: Panel) -> str:
    """The picture in a sentence, for those who cannot see it."""
    ends = "; ".join(
        f"{panel.words[each.kind]}: {_percent(each.at(panel.draft).stopped)}"
        for each in panel.curves
    )
    good = _percent(panel.curves[0].at(panel.draft).good)
    return (
        f"{panel.words[panel.mark]}, {panel.words['draft']} {panel.draft}:"
        f" {panel.words[f'good_{panel.mark}']} {good}; {ends}"
    )


def _x(panel: Panel, share: float) -> float:
    return LEFT + (RIGHT - LEFT) * min(1.0, share / panel.widest)


def _y(share: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * share


def _frame(panel: Panel) -> Iterator[str]:
    yield f'<text class="head" x="{LEFT}" y="16">{escape(panel.words[panel.mark])}</text>'
    for quarter in range(5):
        y = _y(quarter / 4)
        yield f'<line class="grid" x1="{LEFT}" x2="{RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="end" x="{LEFT - 6}" y="{y + 4:.1f}">{25 * quarter} %</text>'
    for step in range(5):
        share = panel.widest * step / 4
        yield (
            f'<text class="mid" x="{_x(panel, share):.1f}" y="{BOTTOM + 18}">{100 * share:.3g}'
            " %</text>"
        )
    yield f'<line class="axis" x1="{LEFT}" x2="{RIGHT}" y1="{BOTTOM}" y2="{BOTTOM}"/>'
    yield (
        f'<text class="mid" x="{(LEFT + RIGHT) / 2}"'
        f' y="{BOTTOM + 38}">{escape(panel.words[f"good_{panel.mark}"])} →</text>'
    )
    middle = (TOP + BOTTOM) / 2
    yield (
        f'<text class="mid" transform="rotate(-90 10 {middle})" x="10"'
        f' y="{middle}">{escape(panel.words["attackers"])} →</text>'
    )


def _lines(panel: Panel) -> Iterator[str]:
    if len(panel.curves) == 1:
        yield _band(panel, panel.curves[0])
    for curve in panel.curves:
        path = " ".join(_at(panel, point) for point in _shown(panel, curve))
        yield f'<polyline class="curve {curve.kind}" points="{path}"/>'
    if len(panel.curves) == 1:
        yield from _tens(panel, panel.curves[0])


def _shown(panel: Panel, curve: Curve) -> list[Point]:
    """Up to the right edge, and to it exactly."""
    points = [point for point in curve.points if point.good <= panel.widest]
    beyond = next((point for point in curve.points if point.good > panel.widest), None)
    if points and beyond:
        last = points[-1]
        part = (panel.widest - last.good) / (beyond.good - last.good)
        points.append(
            replace(
                beyond,
                good=panel.widest,
                stopped=last.stopped + part * (beyond.stopped - last.stopped),
            )
        )
    return points


def _at(panel: Panel, point: Point) -> str:
    return f"{_x(panel, point.good):.1f},{_y(point.stopped):.1f}"


def _band(panel: Panel, curve: Curve) -> str:
    """As far as so many draws can tell."""
    drawn, points = panel.counts[curve.kind], _shown(panel, curve)
    ends = [between(round(point.stopped * drawn), drawn) for point in points]
    above = [
        _at(panel, replace(point, stopped=high))
        for point, (_, high) in zip(points, ends, strict=True)
    ]
    below = [
        _at(panel, replace(point, stopped=low))
        for point, (low, _) in zip(points, ends, strict=True)
    ]
    return f'<polygon class="band" points="{" ".join((*above, *reversed(below)))}"/>'


def _tens(panel: Panel, curve: Curve) -> Iterator[str]:
    """Every tenth threshold, as far as its number has room."""
    last = (-99.0, -99.0)
    for point in curve.points:
        x, y = _x(panel, point.good), _y(point.stopped)
        if (
            point.threshold % 10 == 0
            and point.good <= panel.widest
            and point.stopped > 0.12
            and abs(x - last[0]) + abs(y - last[1]) > 20
        ):
            last = x, y
            beyond = x > RIGHT - 20
            place = (
                f'class="end" x="{x - 7:.1f}" y="{y - 4:.1f}"'
                if beyond
                else f'x="{x + 6:.1f}" y="{y + 13:.1f}"'
            )
            yield (
                f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3"/><text'
                f" {place}>{point.threshold}</text>"
            )


def _marks(panel: Panel) -> Iterator[str]:
    """One upright line for each policy: at one threshold, all kinds of
    attackers cost the same good sign-ins."""
    rows = [("draft", panel.draft, TOP - 6)]
    if panel.now is not None and panel.now != panel.draft:
        rows.append(
            (
                "now",
                panel.now,
                TOP - 18 + 12 * (abs(_place(panel, panel.now) - _place(panel, panel.draft)) > 90),
            )
        )
    for name, threshold, y in rows:
        x = _place(panel, threshold)
        end = ' class="marked end"' if x > (LEFT + RIGHT) / 2 else ' class="marked"'
        yield f'<line class="mark {name}" x1="{x:.1f}" x2="{x:.1f}" y1="{y + 3}" y2="{BOTTOM}"/>'
        yield f'<text{end} x="{x:.1f}" y="{y}">{escape(panel.words[name])} {threshold}</text>'


def _place(panel: Panel, threshold: int) -> float:
    return _x(panel, panel.curves[0].at(threshold).good)


def _legend(panel: Panel) -> Iterator[str]:
    """Below, two in a row: lines may be anywhere in the picture."""
    for number, curve in enumerate(panel.curves):
        x, y = LEFT + 165 * (number % 2), HEIGHT - 24 + 17 * (number // 2)
        word = panel.words[curve.kind]
        yield f'<line class="curve {curve.kind}" x1="{x}" x2="{x + 18}" y1="{y - 4}" y2="{y - 4}"/>'
        yield f'<text x="{x + 22}" y="{y}">{escape(word)}</text>'


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
