"""What a code by mail is called."""

from django.utils.translation import gettext_lazy as _

from mfa.registry.words import Change, Words

_CHANGED = _("The address for codes by e-mail was changed")
WORDS = Words(
    name=_("code by e-mail"),
    title=_("E-mail code"),
    offer=_("Get a code by e-mail"),
    mail_label=_("Code"),
    mail_value=_("sent to %(device)s"),
    mail_line=_("Code sent to: %(device)s"),
    changes={
        "email_added": Change(_CHANGED, _("Codes by e-mail now go to %(item)s.")),
        "email_removed": Change(_CHANGED, _("Codes by e-mail do not go to %(item)s any more.")),
    },
)
