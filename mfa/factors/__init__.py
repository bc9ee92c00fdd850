"""Nod's own kinds of factor, a folder each. `mfa.registry` finds them; nobody else names them but
by a line of settings. Above the services: a kind may use them.
"""
