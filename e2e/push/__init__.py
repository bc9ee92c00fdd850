"""Pushes that really arrive: real browsers and the real senders, with stand-ins for the push
services, all on this machine.
"""
