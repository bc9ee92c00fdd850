#!/usr/bin/env python
"""Django's command line, with Nod's settings."""

import errno
import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def load_settings() -> None:
    """A bad setting ends here with the sentence that names it; Django alone
    would print a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mfaproject.settings")
    try:
        settings.INSTALLED_APPS  # noqa: B018 - the first attribute read loads them
    except ImproperlyConfigured as error:
        sys.exit(f"Nod cannot start: {error}")
    except OSError as error:  # the only thing that settings write to
        full = (
            "The disk of DATA_DIR is full."
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
            else ""
        )
        where = str(error.filename or "DATA_DIR")[:200]
        sys.exit(
            f"Nod cannot start: {where}: {error.strerror}."
            f" {full or 'DATA_DIR must be a folder that Nod may write to.'}"
        )


if __name__ == "__main__":
    load_settings()
    execute_from_command_line(sys.argv)
