"""exc_info: an application that fails after it has called start_response."""

import sys

TEXT = ("Content-Type", "text/plain")


def application(environ, start_response):
    """Fails before anything was sent at /early, after it at /late, and not at all elsewhere."""
    start_response("200 OK", [TEXT])
    if environ["PATH_INFO"] == "/late":
        return late(start_response)
    try:
        return [divided_by(0 if environ["PATH_INFO"] == "/early" else 2)]
    except ZeroDivisionError:
        # Nothing was sent yet: with exc_info the status and the headers are replaced.
        start_response("500 Internal Server Error", [TEXT], sys.exc_info())
        return [b"That cannot be divided.\n"]


def late(start_response):
    yield b"6 / 0 is "
    try:
        yield divided_by(0)
    except ZeroDivisionError:
        # The headers are gone: start_response raises the exception again, and the answer is cut so that the client sees it.
        start_response("500 Internal Server Error", [TEXT], sys.exc_info())
        yield b"never seen\n"


def divided_by(number):
    return b"6 / %d is %d\n" % (number, 6 // number)
