"""Values that the examples share."""

REFERENCE = "q2mGfZr0s3dTnq8kQ1yJX5v4bWc7LhUoEiAaNpRtKzY"
KEY = "Zt7fQmX2wPz9cVb4nKj6hGd1sRa8yLu3eTo5iWqMxCk"
TOKEN = "b8Wn2kLq5rTy7uIo9pAs1dFg3hJk4lZx6cVb8nMq0wE"  # noqa: S105 - an example
DEVICE = "h7Jk2LmN4pQr6StU8vWx0Y.c3Vb5nMq7wEr9tYu1iOp2aSd4fGh6jKl8zXcQvBnM5k"
PUBLIC_ID = "kR3vD1mZq8sT5uXy7wAbCg"
CODE = "402913"
AT, LATER = "2026-03-10T12:00:00Z", "2026-03-10T12:10:00Z"
END = "2026-03-24T12:00:00Z"
