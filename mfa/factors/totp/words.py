"""What an app that shows codes is called."""

from django.utils.translation import gettext_lazy as _

from mfa.registry.words import Change, Words

WORDS = Words(
    name=_("code from an app"),
    title=_("Code app"),
    offer=_("Type a code from your app"),
    mail_label=_("Code"),
    mail_value=_("from an app"),
    mail_line=_("Code: from an app"),
    changes={
        "totp_added": Change(
            _("An app that shows codes was added"),
            _("An app that shows codes was added. One that you had before does not work any more."),
        ),
        "totp_removed": Change(
            _("The app that shows codes was removed"), _("The app that shows codes was removed.")
        ),
    },
)
