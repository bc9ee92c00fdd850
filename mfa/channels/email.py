"""Mail by SMTP, or by whatever EMAIL_BACKEND says."""

import smtplib
from email.utils import format_datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from mfa.channels.base import DeliveryError, Parcel
from mfaproject.lib import clock
from mfaproject.lib.http import clean
from mfaproject.lib.mailboxes import domain

LONGEST_ADDRESS = 254
_PERMANENT = 500  # RFC 5321, 4.2.1: replies of 5yz are final, 4yz may pass


def message_of(parcel: Parcel, connection: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
    """A mail with a text and an HTML part. Its Message-ID is the row's, so that one sent twice by a dying worker is shown once.

    Raises DeliveryError for an address of two lines: somebody tries to write headers of his own.
    """
    if parcel.to != clean(parcel.to, LONGEST_ADDRESS):
        raise DeliveryError("bad_address", permanent=True)
    headers = {
        "Message-ID": f"<{parcel.id}@{domain(settings.PUBLIC_HOST)}>",
        "Date": format_datetime(clock.now()),
        "Auto-Submitted": "auto-generated",  # RFC 3834: no holiday notes, please
        "Content-Language": parcel.language,
    }
    mail = EmailMultiAlternatives(parcel.subject, parcel.text, None, [parcel.to], headers=headers, connection=connection)
    if parcel.html:
        mail.attach_alternative(parcel.html, "text/html")
    return mail


class EmailChannel:
    """One connection for each mail."""

    def send(self, parcel: Parcel) -> None:
        """Raises DeliveryError: permanent for a refused address or message, passing for everything about the way there."""
        try:
            with get_connection() as connection:  # closed also where Django's own way would leave it open
                message_of(parcel, connection).send()
        except ValueError:  # BadHeaderError is one
            raise DeliveryError("bad_address", permanent=True) from None
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise DeliveryError("recipient_refused", permanent=all(code >= _PERMANENT for code in codes)) from None
        except smtplib.SMTPAuthenticationError:
            # Our own credential: an operator can mend that while the message waits.
            raise DeliveryError("smtp_login_refused", permanent=False) from None
        except smtplib.SMTPResponseException as error:
            raise DeliveryError(f"smtp_{error.smtp_code}", permanent=error.smtp_code >= _PERMANENT) from None
        except (OSError, smtplib.SMTPException) as error:
            raise DeliveryError(type(error).__name__, permanent=False) from None
