"""A generator: each block is on its way to the client before the next one is made."""


def application(environ, start_response):
    """Numbers the lines of the request's body."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    number = 0
    for line in environ["wsgi.input"]:
        number += 1
        yield b"%d: %s" % (number, line)
