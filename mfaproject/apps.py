"""The house as an app of its own: for its commands, checks, template tags and translations. It has no models."""

from django.apps import AppConfig
from django.core import checks

from mfaproject import checks as ours
from mfaproject import checks_push as push
from mfaproject import checks_sms as texts


class ProjectConfig(AppConfig):
    name = "mfaproject"
    label = "mfaproject"

    def ready(self) -> None:
        """Only registers checks: threads and servers belong to `manage.py serve`."""
        checks.register(ours.tls_pair, checks.Tags.security)
        checks.register(ours.secret_files, checks.Tags.security)
        for check in (push.vapid_key, push.push_hosts, push.firebase_account, push.firebase_bundle):
            checks.register(check, checks.Tags.security)
        checks.register(push.vapid_subject, checks.Tags.security, deploy=True)
        checks.register(texts.twilio_library, checks.Tags.security)
        checks.register(texts.sms_countries, checks.Tags.security, deploy=True)
        for check in (ours.origins, ours.root_key, ours.mail, ours.debugging, ours.shared_cache):
            checks.register(check, checks.Tags.security, deploy=True)
