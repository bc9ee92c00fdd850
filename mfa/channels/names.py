"""What `settings.MFA_CHANNELS` and the outbox's rows call the channels."""

MAIL, TEXT, WAKE = "email", "sms", "push"
