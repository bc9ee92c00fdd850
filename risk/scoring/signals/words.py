"""PURE: numbers in sentences."""


def of_sign_ins(part: int, total: int) -> str:
    """ "0 of 41 sign-ins": the same words in every finding."""
    return f"{part} of {total} {'sign-in' if total == 1 else 'sign-ins'}"


def many(number: int, one: str, several: str) -> str:
    """ "1 account", "12 accounts"."""
    return f"{number} {one if number == 1 else several}"
