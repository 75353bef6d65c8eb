"""The application that every benchmarked server serves: plain WSGI, no framework, almost no work of its own.

What is measured is therefore the server. Every answer carries Content-Length, so that keep-alive works everywhere.
"""

PIECE_BYTES = 64 * 1024
ANSWERS = {"/1k": b"x" * 1024, "/10k": b"x" * (10 * 1024)}


def application(environ, start_response):
    path = environ["PATH_INFO"]
    body = ANSWERS.get(path)
    if body is not None:
        return answer(start_response, "200 OK", body)
    if path == "/echo":
        return answer(start_response, "200 OK", environ["wsgi.input"].read(content_length(environ)))
    if path == "/count":
        return answer(start_response, "200 OK", str(count_body(environ)).encode())
    return answer(start_response, "404 Not Found", b"")


def answer(start_response, status, body):
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


def content_length(environ):
    return int(environ.get("CONTENT_LENGTH") or 0)


def count_body(environ):
    """Reads the request body in pieces and returns how many bytes came."""
    body = environ["wsgi.input"]
    expected = content_length(environ)
    received = 0
    while received < expected:
        piece = body.read(min(PIECE_BYTES, expected - received))
        if not piece:
            break
        received += len(piece)
    return received
