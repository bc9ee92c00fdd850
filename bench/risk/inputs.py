"""Which inputs are fitted, on which sheet, and to which side, as the signals say of themselves."""

from risk.scoring import registry


def falling() -> set[str]:
    """Inputs that speak for the person."""
    return {name for name, each in registry.installed().inputs.items() if each.falls}


def fitted(*, knows: bool) -> tuple[str, ...]:
    """The inputs of a sheet: first what both have (and of that, what falls comes last)."""
    found = registry.installed().inputs
    chosen = {name: each for name, each in found.items() if each.by_hand is None}
    both = [name for name, each in chosen.items() if each.known and each.unknown]
    own = [
        name for name, each in chosen.items() if (each.known, each.unknown) == (knows, not knows)
    ]
    return (*sorted(both, key=lambda name: found[name].falls), *own)
