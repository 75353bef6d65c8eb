"""The simplest form of an application: a function."""

HELLO_WORLD = b"Hello world!\n"


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [HELLO_WORLD]
