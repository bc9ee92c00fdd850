"""One JSON object a line, whatever the fields hold: nobody forges a line by signing in with a line
break in the name.
"""

import json
import logging
from datetime import UTC, datetime
from typing import Any

_STANDARD = frozenset(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {
    "message",
    "asctime",
    "request_id",
    "taskName",
}


def _text(value: object) -> str:
    """For what JSON has no shape for. A `__str__` that fails must not cost the line."""
    try:
        return str(value)
    except Exception as error:  # noqa: BLE001 - any object may end up in a log call
        return f"<{type(value).__name__}: {type(error).__name__}>"


class JSONFormatter(logging.Formatter):
    """`at`, `level`, `logger`, `message`, `request_id`, what the call gave as `extra`, and
    `exception` where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        fields = self._extras(record) | {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self._message(record),
            "request_id": getattr(record, "request_id", "-"),
        }
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        # with ensure_ascii a control character, or one beyond ASCII, is written as its escape
        return json.dumps(fields, default=_text, skipkeys=True, ensure_ascii=True)

    @staticmethod
    def _message(record: logging.LogRecord) -> str:
        try:
            return record.getMessage()
        except (TypeError, ValueError, KeyError):
            return f"{record.msg} {record.args!r}"

    @staticmethod
    def _extras(record: logging.LogRecord) -> dict[str, Any]:
        return {name: value for name, value in vars(record).items() if name not in _STANDARD}
