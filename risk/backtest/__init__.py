"""What a draft of a policy would have done, told by the site's own ledger. Reads only.

`rows` reads the ledger, `again` makes each verdict again, `walk` goes through it in time with the
counts as they were, `attackers` draws strangers against the site's own accounts, `tally` adds up,
`suggest` looks for thresholds, `text` and `picture` show it.
"""
