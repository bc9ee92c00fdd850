"""The settings of every server under test, for one that may reach nothing but this machine.

Google's addresses are built into firebase-admin. This one name is pointed at the stand-in; where
tokens come from stands in the service account.
"""

import os

from firebase_admin import messaging

from e2e.settings import *  # noqa: F403 - all of them, as they are
from mfaproject.tests import guard

guard.install()
if "FCM_AT" in os.environ:
    messaging._MessagingService.FCM_URL = os.environ["FCM_AT"] + "/v1/projects/{0}/messages:send"
