"""The seam where push channels will come."""

from django.apps import apps
from django.conf import settings
from django.utils.module_loading import import_string

from authenticator.push.inbox import InboxChannel
from authenticator.tests.helpers import ask, inbox
from authenticator.tests.signer import Phone
from mfa import outbox


def test_the_settings_name_it() -> None:
    assert import_string(settings.MFA_CHANNELS["push"]) is InboxChannel


def test_a_question_is_delivered_by_being_there(alice: object, phone: Phone) -> None:
    """The delivery loop sends the row through the channel, and the device finds the question in its inbox before and after."""
    ask(alice)
    assert len(inbox(phone)) == 1
    outbox.deliver_due()
    assert len(inbox(phone)) == 1
    assert apps.get_model("mfa", "OutboxMessage").objects.get(channel="push").state == "sent"
