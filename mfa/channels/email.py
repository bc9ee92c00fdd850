"""Mail by SMTP, or by whatever EMAIL_BACKEND says."""

from email.utils import format_datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address, utf8_charset_qp

from mfa.channels.base import DeliveryError, Parcel
from mfa.channels.smtp import delivery_error
from mfaproject.lib import clock, mailbox
from mfaproject.lib.http import clean


def message_of(
    parcel: Parcel, connection: BaseEmailBackend | None = None
) -> EmailMultiAlternatives:
    """A mail with a text and an HTML part. Its Message-ID is the row's, so that one sent twice by a
    dying worker is shown once.

    It is written in seven bits, which every server carries. Raises DeliveryError for an address
    that no mail can be sent to, such as one of two lines: somebody tries to write headers of his
    own. And for one that is not in ASCII: Django would go by IDNA 2003, to what may be another
    owner's.
    """
    if not _is_address(parcel.to):
        raise DeliveryError("bad_address", permanent=True)
    headers = {
        "Message-ID": f"<{parcel.id}@{mailbox.host_part(settings.PUBLIC_HOST)}>",
        "Date": format_datetime(clock.now()),
        "Auto-Submitted": "auto-generated",  # RFC 3834: no holiday notes, please
        "Content-Language": parcel.language,
    }
    mail = EmailMultiAlternatives(
        parcel.subject, parcel.text, None, [parcel.to], headers=headers, connection=connection
    )
    mail.encoding = utf8_charset_qp
    if parcel.html:
        mail.attach_alternative(parcel.html, "text/html")
    return mail


def _is_address(given: str) -> bool:
    local, _at, host = given.rpartition("@")
    try:
        sanitize_address(given, "ascii")
    except ValueError:  # no domain, or one that no name server knows how to write
        return False
    is_plain = given.isascii() and given == clean(given, mailbox.LONGEST)
    return is_plain and mailbox.is_local_part(local) and bool(host)


class EmailChannel:
    """One connection for each mail."""

    def send(self, parcel: Parcel) -> None:
        """Raises DeliveryError: permanent for a refused address or message, passing for the way
        there and for faults of our own."""
        message_of(parcel)
        try:
            # closed also where Django's own way would leave it open
            with get_connection() as connection:
                message_of(parcel, connection).send()
        except (OSError, ValueError) as error:  # smtplib's are OSErrors
            raise delivery_error(error) from None
