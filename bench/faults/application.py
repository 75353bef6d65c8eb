"""What the fault scripts serve: an application that answers at once, reads whatever body it is sent, and has one big answer.

/big streams 4 MiB in blocks; /work/MS takes so many milliseconds, in which the GIL is free, and answers with its query string and the
process's id; /stuck/python and /stuck/c do not come back, the latter to no exception either; /pid names the process; everything else
tells how many bytes of body came. The import takes FAULTS_IMPORT_SECONDS.
"""

import os
import time
from typing import Any, Callable, Dict, Iterable

BIG_BYTES = 4 * 1024 * 1024
BLOCK = b"x" * (64 * 1024)
LONG_S = 3600

time.sleep(float(os.environ.get("FAULTS_IMPORT_SECONDS", "0")))


def application(environ: Dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path == "/big":
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(BIG_BYTES))])
        return (BLOCK for _ in range(BIG_BYTES // len(BLOCK)))
    if path.startswith("/work/"):
        return work(int(path[6:]) / 1000, environ["QUERY_STRING"], start_response)
    if path == "/stuck/python":
        while True:
            time.sleep(0.01)
    if path == "/stuck/c":
        time.sleep(LONG_S)
    body = str(os.getpid() if path == "/pid" else count_body(environ["wsgi.input"])).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


def work(seconds: float, query: str, start_response: Callable[..., Any]) -> Iterable[bytes]:
    if seconds > 0:
        time.sleep(seconds)
    body = query.encode()
    fields = [("Content-Type", "text/plain"), ("Content-Length", str(len(body))), ("X-Worker", str(os.getpid()))]
    start_response("200 OK", fields)
    return [body]


def count_body(body: Any) -> int:
    count = 0
    while True:
        piece = body.read(len(BLOCK))
        if not piece:
            return count
        count += len(piece)
