"""Pieces of addresses."""


class RowId:
    """The number of a row: as many digits as a database holds. Django's own `int` takes any number,
    and a query with it fails."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)
