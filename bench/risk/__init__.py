"""A simulator of sign-ins, the fitting of the score sheets, and their evaluation. See
docs/risk-model.md.
"""
