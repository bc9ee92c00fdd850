#!/usr/bin/env python
"""Django's command line, with Nod's settings."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def load_settings() -> None:
    """A bad setting ends here with the sentence that names it; Django alone would print a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mfaproject.settings")
    try:
        settings.INSTALLED_APPS  # noqa: B018 - the first attribute read loads them
    except (ImproperlyConfigured, ValueError) as error:
        sys.exit(f"Nod cannot start: {error}")
    except OSError as error:
        sys.exit(f"Nod cannot start: {error.filename}: {error.strerror}. DATA_DIR must be a folder that Nod may write to.")


if __name__ == "__main__":
    load_settings()
    execute_from_command_line(sys.argv)
