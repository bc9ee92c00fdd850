"""Browser tests: a real Chromium, a real server, several people and phones."""
