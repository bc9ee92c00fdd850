"""With other people's servers: `make e2e-full`, run by hand."""
