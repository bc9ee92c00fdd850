"""Nod's own settings for a server under test. Its pages and workers wait as long as a test does: a
time-out comes where a test lets time pass.
"""

from mfaproject.settings import *  # noqa: F403 - all of them, as they are
from mfaproject.settings import AUTHENTICATOR_PATIENCE as USUAL

HOUR = 3_600_000
AUTHENTICATOR_PATIENCE = dict.fromkeys(USUAL, HOUR)
