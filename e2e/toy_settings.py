"""The settings of all browser tests, and one line more: a factor from another package."""

from e2e.settings import *  # noqa: F403 - all of them, as they are
from mfaproject.settings import MFA_FACTORS as USUAL

MFA_FACTORS = {**USUAL, "toy": "mfa.tests.toyfactor.Toy"}
