"""What the schema says of each endpoint: a module for each of views, one decorator for each method.
Words and examples only, no rules.
"""
