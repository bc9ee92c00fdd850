"""The settings of a worker that a test starts: everything as it is, but messages go where the test
can see and hold them.
"""

from mfaproject.settings import *  # noqa: F403 - these settings are those

MFA_CHANNELS = dict.fromkeys(("email", "sms", "push"), "mfa.tests.workers.TracedChannel")
OUTBOX_DISPATCH = "mfaproject.celery.publish"
