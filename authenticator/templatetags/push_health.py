"""What the admin's pages say of push."""

from django import template

from authenticator.models import PushService
from authenticator.services import push_health

register = template.Library()


@register.simple_tag
def stopped_push_services() -> list[PushService]:
    """Services that refuse our credential, for the banner. One SELECT."""
    return push_health.stopped()
