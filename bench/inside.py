"""`python -m bench.inside MODULE ARGUMENT…`: runs `main` of a module that needs Django's models,
with the settings of this environment.
"""

import os
import sys
from importlib import import_module

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mfaproject.settings")
    django.setup()
    name, *arguments = sys.argv[1:]
    import_module(name).main(*arguments)
