"""What workers do where a broker is. A message of it carries the name of a row and nothing else;
what is lost on the way is found in the rows.

No retries and no countdowns here: a row knows itself when it is due again, and `look` finds it
then. So a broker that forgets everything, or a worker that is killed, costs seconds and never a
message.
"""

from celery import shared_task
from django.conf import settings
from django.utils.module_loading import import_string

from mfa import delivery_loop, outbox


@shared_task(name="mfa.deliver", acks_late=True, reject_on_worker_lost=True, ignore_result=True)
def deliver(row_id: str) -> None:
    """One row, if it is due and nobody else has it. The same message twice is harmless."""
    outbox.deliver_one(row_id)


@shared_task(name="mfa.look", ignore_result=True)
def look() -> None:
    """Hands on rows that are due because a message was lost, a worker died or a try failed."""
    import_string(settings.OUTBOX_DISPATCH)(outbox.due(push=True) + outbox.due(push=False))


@shared_task(name="mfa.sweep", ignore_result=True)
def sweep() -> None:
    """What every app wants done once a minute. All of it is conditional, so two
    at once do no harm."""
    delivery_loop.sweep()
