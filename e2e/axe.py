"""axe-core on an open page."""

from functools import cache
from importlib.resources import files

from playwright.sync_api import Page

LOUD = ("serious", "critical")
# It rests after each rule, for no time at all. Timers make it wait longer, and forever in a page
# whose time stands.
WITHOUT_TIMERS = """(() => {
  const { port1, port2 } = new MessageChannel();
  const acts = [];
  port1.onmessage = () => acts.shift()();
  const setTimeout = (act) => { acts.push(act); port2.postMessage(null); };
  %s
})()"""
RUN = """async ({ options, impacts }) => {
  const { violations } = await axe.run(document, options);
  const loud = violations.filter(({ impact }) => impacts.includes(impact));
  return loud.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`));
}"""


@cache
def _source() -> str:
    return WITHOUT_TIMERS % files("axe_playwright_python").joinpath("axe.min.js").read_text()


def findings(
    page: Page, impacts: tuple[str, ...] = LOUD, *, rules: tuple[str, ...] = ()
) -> list[str]:
    """What axe-core holds against a page: `rule: element`; with `rules`, by these alone.

    Evaluated, not added as a script: Trusted Types would refuse that. Without `preload`, which
    copies imported style sheets into <style> elements: our own policy would refuse those.
    """
    if not page.evaluate("Boolean(globalThis.axe)"):
        page.evaluate(_source())
    options = {"preload": False, "resultTypes": ["violations"]} | (
        {"runOnly": list(rules)} if rules else {}
    )
    found: list[str] = page.evaluate(RUN, {"options": options, "impacts": impacts})
    return found
