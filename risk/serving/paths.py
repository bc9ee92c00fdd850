"""PURE: models that are called by another dotted path than before: settings that name the old one
keep working, and a system check says what to write instead.
"""

MOVED = {
    "risk.chain_model.ChainModel": "risk.scoring.chain_model.ChainModel",
    "risk.boost_model.BoostModel": "risk.scoring.boost_model.BoostModel",
}
GONE = {"risk.scoring.AdditiveModel": "risk.scoring.chain_model.ChainModel"}
"""What is no model any more, and what to write instead: nothing may decide in its name."""


def present(path: str) -> str:
    """Where it is now."""
    return MOVED.get(path, path)
