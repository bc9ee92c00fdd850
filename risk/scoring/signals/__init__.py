"""PURE: one module for each signal, and what a signal is (`base`). Which of them speak, and in what
order, stands in `risk.scoring.registry`.
"""
