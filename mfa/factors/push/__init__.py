"""A question to every authenticator of a person, answered with the number on the screen.

Devices are paired, listed and removed by `authenticator`: a page of its own.
"""

from mfa.factors.push.factor import Push

__all__ = ["FACTOR", "Push"]

FACTOR = Push
