"""The front: how requests come in and answers go out.

One event loop reads heads and bodies, answers `/healthz`, holds event streams and writes answers at
the pace of whoever reads them. Django's WSGI handler runs in a few threads, and **a thread is taken
only for a request that has arrived whole, and for no longer than the work takes**. So a client that
sends slowly, reads slowly or says nothing costs a socket, for seconds, and nobody else anything.

`connection` speaks HTTP/1.1 on one socket, `peers` says who may have how many sockets, `threads`
hands requests to the application, `refusals` makes the answers for which Django is not asked,
`listener` accepts, and `worker` is the process in which all of it runs.
"""
