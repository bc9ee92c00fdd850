"""The house as an app of its own: for its commands, checks, template tags and translations. It has
no models.
"""

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
        for check in (
            ours.tls_pair,
            ours.secret_files,
            ours.root_key,
            ours.metrics_token,
            ours.static_storage,
            ours.cache_address,
        ):
            checks.register(check, checks.Tags.security)
        for check in (push.vapid_key, push.push_hosts, push.firebase_account, push.firebase_bundle):
            checks.register(check, checks.Tags.security)
        checks.register(push.vapid_subject, checks.Tags.security, deploy=True)
        checks.register(texts.twilio_library, checks.Tags.security)
        checks.register(texts.sms_country_codes, checks.Tags.security)
        checks.register(texts.sms_countries, checks.Tags.security, deploy=True)
        for check in (ours.origins, ours.mail, ours.debugging, ours.shared_cache):
            checks.register(check, checks.Tags.security, deploy=True)
