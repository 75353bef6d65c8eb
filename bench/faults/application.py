"""What the fault scripts serve: an application that answers at once, reads whatever body it is sent, and has one big answer.

/big streams 4 MiB in blocks, /pid names the process; everything else tells how many bytes of body came.
"""

import os
from typing import Any, Callable, Dict, Iterable

BIG_BYTES = 4 * 1024 * 1024
BLOCK = b"x" * (64 * 1024)


def application(environ: Dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path == "/big":
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(BIG_BYTES))])
        return (BLOCK for _ in range(BIG_BYTES // len(BLOCK)))
    body = str(os.getpid() if path == "/pid" else count_body(environ["wsgi.input"])).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


def count_body(body: Any) -> int:
    count = 0
    while True:
        piece = body.read(len(BLOCK))
        if not piece:
            return count
        count += len(piece)
