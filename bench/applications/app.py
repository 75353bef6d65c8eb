"""The application that every benchmarked server serves: plain WSGI, no framework, almost no work of its own.

What is measured is therefore the server. Every answer carries Content-Length, so that keep-alive works everywhere.
"""

import os
import time

PIECE_BYTES = 64 * 1024
FILES = os.environ.get("BENCH_FILES", ".")
ANSWERS = {"/1k": b"x" * 1024, "/10k": b"x" * (10 * 1024), "/100k": b"x" * (100 * 1024)}
SLEEPS = {"/sleep-10ms": 0.01, "/sleep-100ms": 0.1}


def application(environ, start_response):
    path = environ["PATH_INFO"]
    body = ANSWERS.get(path)
    if body is not None:
        return answer(start_response, "200 OK", body)
    if path == "/echo":
        return answer(start_response, "200 OK", environ["wsgi.input"].read(content_length(environ)))
    if path in SLEEPS:
        time.sleep(SLEEPS[path])
        return answer(start_response, "200 OK", b"slept")
    if path.startswith("/files/"):
        return file_answer(environ, start_response, os.path.join(FILES, os.path.basename(path)))
    if path == "/count":
        return answer(start_response, "200 OK", str(count_body(environ)).encode())
    return answer(start_response, "404 Not Found", b"")


def answer(start_response, status, body):
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


def file_answer(environ, start_response, path):
    """As frameworks do it: the server may send the file itself where it knows how to (PEP 3333, file_wrapper)."""
    file = open(path, "rb")
    size = str(os.fstat(file.fileno()).st_size)
    start_response("200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", size)])
    wrapper = environ.get("wsgi.file_wrapper")
    return wrapper(file, PIECE_BYTES) if wrapper else iter(lambda: file.read(PIECE_BYTES), b"")


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
