"""What admins may do here: revoke. Each act is a row of the ledger and a mail to the person
concerned.
"""

from django.db import transaction

from authenticator.models import Device
from authenticator.services import devices, notices
from risk import services as risk
from risk.services import LoginContext


@transaction.atomic
def revoke(device: Device, *, by: str, context: LoginContext) -> bool:
    """Ends key and factor. False where that was done before. `context`: where the admin is."""
    if not devices.end(device, context.at):
        transaction.set_rollback(True)
        return False
    detail = f"device_removed (by {by}): {device.name}"
    risk.record_login(
        context=context,
        outcome="admin_act",
        assessment=None,
        user_id=device.user_id,
        typed_name="",
        detail=detail,
    )
    notices.device_changed(
        device.user, "admin_device", name=device.name, at=context.at, ip=context.ip
    )
    return True
