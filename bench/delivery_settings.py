"""The settings of a site whose pushes are not sent but timed."""

from mfaproject.settings import *  # noqa: F403 - these settings are those

MFA_CHANNELS = {"push": "bench.delivering.Stamp"}
