"""Telephone numbers in one spelling, E.164, and where messages may go. Pure."""

from collections.abc import Collection
from enum import Enum

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

TEXTED = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.VOIP)
"""Kinds of numbers at which somebody reads a text message. In some countries, such as the United
States, nothing tells a mobile from a landline.

At a landline, a pager or a mailbox nobody does; premium, shared-cost and toll-free numbers earn
with each message, or cost their owner.
"""
# the region of numbers that belong to no country: satellites (+881), networks of their own (+882,
# +883), toll-free (+800)
NOWHERE = "001"
LONGEST = 16


class Fault(Enum):
    """Why no text message goes to a number."""

    UNREADABLE = "unreadable"
    NONE = "none"
    SATELLITE = "satellite"
    KIND = "kind"
    COUNTRY = "country"


def read(typed: str, countries: Collection[str] = ()) -> str | Fault:
    """`+33612345678` for a number typed with + and its country, or what is wrong with it.

    `countries`: ISO codes of those that messages may go to; none: everywhere.
    """
    try:
        number = phonenumbers.parse(typed, None)
    except phonenumbers.NumberParseException:
        return Fault.UNREADABLE
    region = phonenumbers.region_code_for_number(number)
    found = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if not phonenumbers.is_valid_number(number) or len(found) > LONGEST:
        return Fault.NONE
    if region == NOWHERE:
        return Fault.SATELLITE
    if phonenumbers.number_type(number) not in TEXTED:
        return Fault.KIND
    return Fault.COUNTRY if countries and region not in countries else found


def e164(typed: str, countries: Collection[str] = ()) -> str:
    """The same number, "" for one that no text message goes to."""
    found = read(typed, countries)
    return found if isinstance(found, str) else ""


def prefix(number: str) -> str:
    """`+33`: the country's prefix of a number in E.164."""
    return f"+{phonenumbers.parse(number, None).country_code}"
