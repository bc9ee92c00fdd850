"""How long and how large: what the front allows. `docs/limits.md` says the same in a table."""

HEAD_SECONDS = 5.0
"""For a request's head, first byte to last, and for the first byte on a new socket."""
IDLE_SECONDS = 30.0
"""Between two requests on one socket."""
BODY_SECONDS = 10.0
"""For a whole body, first byte to last."""
HANDSHAKE_SECONDS = 5.0
"""For TLS."""
WRITE_SECONDS = 20.0
"""In which a reader must take something of what waits for it, and `WRITE_RATE` on the average."""
WRITE_RATE = 4 * 1024
"""Bytes a second, from `WRITE_SECONDS` on."""
LINGER_SECONDS = 1.0
"""For which a refused request's rest is read and dropped: else the refusal would never arrive."""

LINE_BYTES = 8 * 1024
"""Of a request's address; above 414."""
HEAD_BYTES = 32 * 1024
HEAD_FIELDS = 100
"""Above either 431."""
BODY_BYTES = 64 * 1024
"""Above 413. No form of ours is larger, and the API says so too."""
PIPELINED = 16
"""Requests that may have arrived on one socket before the first is answered; above 400."""
EARLY_BYTES = 1024
"""Of the next request, behind an answer that waits, which may last. More ends the socket."""

QUEUED = 400
"""Requests that wait for a thread; for one more the newest of whoever has most gets 503 at once."""
QUEUE_SECONDS = 1.5
"""In which a thread takes a request, or it is answered 503 and never begun."""
HASH_SECONDS = 2.0
"""The same for a request that hashes a password."""
ANSWER_SECONDS = 10.0
"""In which a thread answers what it has begun; later the client is told 503."""
REPORT_SECONDS = 60.0
"""The same below `/admin/`, where reports are made."""
PIECE_SECONDS = 10.0
"""For the first piece of an answer that is made while it is sent, and between any two."""
STOP_SECONDS = 8.0
"""For what has begun when the process is told to end."""

THREADS = 8
"""Requests at once. More would only wait for each other: hashing is bound by cores, SQLite has one
writer, and the interpreter one lock."""
STREAM_THREADS = 2
"""Answers at once that are made while they are sent."""

SOCKETS_PER_PEER = 512
"""Sockets of one address that have not sent a whole request, or are slow to read an answer. One
more ends the oldest of them."""
SOCKETS = 15_000
"""All sockets, where the system allows as many. One more ends the oldest that said nothing."""
FILES_KEPT = 700
"""Files that the process needs for other things than sockets, one for each of
`QUEUED` among them."""
UNFINISHED_BYTES = 32 * 1024 * 1024
"""Of bodies that have not arrived whole and of requests that came early, together. One byte more
ends the oldest of the sockets that wait."""
