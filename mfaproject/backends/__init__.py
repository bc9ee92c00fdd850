"""Django's own two database backends, with a deadline for what a request asks of them."""
