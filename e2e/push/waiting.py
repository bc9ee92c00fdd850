"""Waiting inside a page, where a condition is seen as soon as it holds."""

PATIENCE = 15.0  # seconds
_UNTIL = """(...given) => new Promise((found, late) => {
  const end = performance.now() + %d;
  const look = async () => {
    const value = await (%s)(...given);
    if (value) found(value);
    else if (performance.now() > end) late(new Error("it never was so"));
    else setTimeout(look, 25);
  };
  look().catch(late);
})"""


def until(function: str, patience: float = PATIENCE) -> str:
    """A function with the same parameters that gives the first true thing the function gives, which may be async; it throws after so many seconds.

    Playwright's own `wait_for_function` takes the promise of an async function for the true thing.
    """
    return _UNTIL % (patience * 1000, function)
