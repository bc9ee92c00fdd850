"""The endpoints as the schema tells of them. What the bytes must be, and how they are signed, is
nod-push-v1's to say.
"""
