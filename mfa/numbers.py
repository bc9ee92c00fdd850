"""Telephone numbers in one spelling, E.164, and where messages may go. Pure."""

from collections.abc import Collection

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

DEAR = (PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.TOLL_FREE, PhoneNumberType.PAGER, PhoneNumberType.VOICEMAIL)
"""Kinds of numbers at which nobody reads a code, and whose owners may earn with each message."""


def e164(typed: str, countries: Collection[str] = ()) -> str:
    """`+33612345678` for a number typed with + and its country; "" for what cannot be texted.

    So it is for what lies outside of `countries`, ISO codes; none: everywhere.
    """
    try:
        number = phonenumbers.parse(typed, None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) in DEAR:
        return ""
    if countries and phonenumbers.region_code_for_number(number) not in countries:
        return ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def prefix(number: str) -> str:
    """`+33`: the country's prefix of a number in E.164."""
    return f"+{phonenumbers.parse(number, None).country_code}"
