"""The authenticator against scripted endpoints: every signature is checked,
every fault can be had.
"""
