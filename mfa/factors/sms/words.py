"""What a code by text message is called."""

from django.utils.translation import gettext_lazy as _

from mfa.registry.words import Change, Words

_CHANGED = _("The number for codes by text message was changed")
WORDS = Words(
    name=_("code by text message"),
    title=_("Text message"),
    offer=_("Get a code by text message"),
    mail_label=_("Code"),
    mail_value=_("sent to %(device)s"),
    mail_line=_("Code sent to: %(device)s"),
    changes={
        "sms_added": Change(_CHANGED, _("Codes by text message now go to %(item)s.")),
        "sms_removed": Change(_CHANGED, _("Codes by text message do not go to %(item)s any more.")),
    },
)
