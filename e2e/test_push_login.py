"""The main job: a login from an unknown browser asks the phone, and the number decides."""

import time

from e2e.people import People

ON_BY_ITSELF = 4.0  # seconds; two is what is promised, the rest is for a machine that does eight things at once


def test_a_login_from_a_third_browser_goes_on_by_itself_once_the_phone_says_yes(people: People) -> None:
    alice, _, phone = people.paired()
    third = people.laptop()
    third.sign_in(alice)
    number = third.number()
    assert len(number) == 3
    assert number.isdigit()
    phone.approve(number)
    pressed = time.monotonic()
    third.is_in()
    assert time.monotonic() - pressed < ON_BY_ITSELF
    phone.says("Approved")
