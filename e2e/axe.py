"""axe-core on an open page."""

from functools import cache
from importlib.resources import files

from playwright.sync_api import Page

LOUD = ("serious", "critical")


@cache
def _source() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text()


def findings(page: Page, impacts: tuple[str, ...] = LOUD, *, rules: tuple[str, ...] = ()) -> list[str]:
    """What axe-core holds against a page: `rule: element`; with `rules`, by these alone.

    Evaluated, not added as a script: Trusted Types would refuse that. Without `preload`, which copies imported style sheets into
    <style> elements: our own policy would refuse those.
    """
    if not page.evaluate("Boolean(globalThis.axe)"):
        page.evaluate(_source())
    options = {"preload": False, "resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    found = page.evaluate("(options) => axe.run(document, options)", options)
    return [f"{rule['id']}: {node['target']}" for rule in found["violations"] if rule["impact"] in impacts for node in rule["nodes"]]
