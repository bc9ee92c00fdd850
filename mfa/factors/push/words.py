"""What an authenticator is called."""

from django.utils.translation import gettext_lazy as _

from mfa.registry.words import Change, Words

WORDS = Words(
    name=_("authenticator"),
    title=_("Authenticator"),
    offer=_("Ask my phone"),
    again=_("Ask again"),
    once_more=_("Ask my phone again"),
    instead=_("Approve on your phone instead"),
    done=_("approved on your authenticator"),
    done_with=_("approved on %(device)s"),
    mail_label=_("Approved"),
    mail_value=_("on %(device)s"),
    mail_line=_("Approved on: %(device)s"),
    changes={
        "device_added": Change(
            _("An authenticator was added"), _("An authenticator was added: %(item)s.")
        ),
        "device_removed": Change(
            _("An authenticator was removed"), _("An authenticator was removed: %(item)s.")
        ),
        "device_renamed": Change(
            _("An authenticator was renamed"), _("An authenticator was renamed: %(item)s.")
        ),
    },
)
