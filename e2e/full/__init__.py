"""Tests that need what few machines have, or long: `make e2e-full`."""
