"""`python -m e2e.icons`: draws the icons again, from one mark: a filled circle with an arc that
dips and rises, like a nod.
"""

import struct
from pathlib import Path

from playwright.sync_api import Browser

from e2e import browser

STATIC = Path(__file__).resolve().parent.parent / "static"
FOLDER, FAVICON = STATIC / "authenticator" / "icons", STATIC / "root" / "favicon.ico"
FAVICON_SIZES = (16, 32, 48)
GREEN, WHITE, PAPER = "#0a5f45", "#ffffff", "#f7f6f2"
ARC = "M-5.3 -1.8c.5 4.3 2.5 6.3 4.9 6.3 3.4 0 3.6-5.900 6.1-8.100"
SIZE = 32


def arc(colour: str, scale: float) -> str:
    """The arc in the middle of the drawing; its own circle has a radius of 11.25."""
    stroke = (
        f'fill="none" stroke="{colour}" stroke-width="2.600" stroke-linecap="round"'
        ' stroke-linejoin="round"'
    )
    return f'<path transform="translate(16 16) scale({scale})" d="{ARC}" {stroke}/>'


def mark(radius: float, around: str = "") -> str:
    """The mark, on nothing or on a square of one colour."""
    ground = f'<path d="M0 0h{SIZE}v{SIZE}H0z" fill="{around}"/>' if around else ""
    return (
        f'{ground}<circle cx="16" cy="16" r="{radius}" fill="{GREEN}"/>{arc(WHITE, radius / 11.25)}'
    )


# Masks cut a maskable icon to any shape inside its middle 80 %, so there the ground itself is the
# circle. A badge is only its alpha.
BADGE = (
    f'<mask id="cut"><path d="M0 0h32v32H0z" fill="#fff"/>{arc("#000", 1.33)}</mask><circle cx="16"'
    ' cy="16" r="15" fill="#fff" mask="url(#cut)"/>'
)
DRAWINGS = {
    "icon-192.png": (192, mark(15.5)),
    "icon-512.png": (512, mark(15.5)),
    "maskable-512.png": (512, f'<path d="M0 0h32v32H0z" fill="{GREEN}"/>{arc(WHITE, 1.1)}'),
    "apple-touch-180.png": (180, mark(12.5, PAPER)),
    "badge-96.png": (96, BADGE),
}


def page(size: int, shapes: str) -> str:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" width="{size}"'
        f' height="{size}" style="display:block">{shapes}</svg>'
    )
    return f'<!doctype html><title>icon</title><body style="margin:0">{svg}'


def drawn(chromium: Browser, size: int, shapes: str) -> bytes:
    tab = chromium.new_page(viewport={"width": size, "height": size})
    tab.set_content(page(size, shapes))
    return tab.screenshot(omit_background=True)


def ico(pictures: dict[int, bytes]) -> bytes:
    """An icon file that holds pictures in PNG, by their size: a head, an entry
    for each, then the pictures."""
    start, entries = 6 + 16 * len(pictures), b""
    for size, picture in pictures.items():
        entries += struct.pack("<BBBBHHII", size, size, 0, 0, 1, 32, len(picture), start)
        start += len(picture)
    return struct.pack("<HHH", 0, 1, len(pictures)) + entries + b"".join(pictures.values())


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with browser.driver() as playwright:
        chromium = browser.launch(playwright, browser.find())
        for name, (size, shapes) in DRAWINGS.items():
            (FOLDER / name).write_bytes(drawn(chromium, size, shapes))
        FAVICON.write_bytes(
            ico({size: drawn(chromium, size, mark(15.5)) for size in FAVICON_SIZES})
        )
        chromium.close()


if __name__ == "__main__":
    main()
