"""A program: connections that ask for a big answer and never read it, with the smallest receive buffer that the system gives.

Its argument and its commands are those of `population-program.ts`: "come" is answered when an answer has begun on each
connection, "tell" at once. What the server ends is opened again. In Python because Node cannot make a receive buffer small.
"""

import json
import os
import resource
import select
import socket
import sys
import time
from typing import Any, Dict, List, Set, Tuple

REQUEST = b"GET /big HTTP/1.1\r\nHost: deaf.test\r\n\r\n"
RECEIVE_BUFFER_BYTES = 4096
CONNECT_TIMEOUT_S = 5
COME_TIMEOUT_S = 20
REOPEN_AFTER_S = 0.25
ADDRESSES = 16
OPENED_AT_ONCE = 20
STDIN = 0


class NonReaders:
    def __init__(self, port: int, count: int) -> None:
        self._port = port
        self._count = count
        self._poll = select.epoll()
        self._open: Dict[int, Tuple[socket.socket, int]] = {}
        self._begun: Set[int] = set()
        # When each that has ended is opened again.
        self._due: List[Tuple[float, int]] = []
        self._ended = 0

    def open_one(self, index: int) -> None:
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        client.settimeout(CONNECT_TIMEOUT_S)
        try:
            client.bind(("127.0.0.%d" % (2 + index % ADDRESSES), 0))
            client.connect(("127.0.0.1", self._port))
            client.sendall(REQUEST)
        except OSError:
            self._closed(client, index)
            return
        self._open[client.fileno()] = (client, index)
        self._poll.register(client, select.EPOLLIN | select.EPOLLRDHUP)

    def wait(self, timeout_s: float) -> bool:
        """Takes what happens; true when stdin can be read, or has ended."""
        is_readable = False
        for number, events in self._poll.poll(timeout_s):
            if number == STDIN:
                # While its events are not asked for, only its end is told.
                is_readable = True
            elif events & (select.EPOLLRDHUP | select.EPOLLHUP | select.EPOLLERR):
                client, index = self._open.pop(number)
                self._begun.discard(number)
                self._poll.unregister(client)
                self._closed(client, index)
            else:
                # It has begun; from now on only its end is of interest.
                self._begun.add(number)
                self._poll.modify(number, select.EPOLLRDHUP)
        self._reopen()
        return is_readable

    def come(self) -> None:
        self._poll.modify(STDIN, 0)
        deadline = time.monotonic() + COME_TIMEOUT_S
        next_index = 0
        while len(self._begun) < self._count and time.monotonic() < deadline:
            for _ in range(OPENED_AT_ONCE):
                if next_index < self._count:
                    self.open_one(next_index)
                    next_index += 1
            if self.wait(0 if next_index < self._count else 0.1):
                break
        self._poll.modify(STDIN, select.EPOLLIN)

    def figures(self) -> Dict[str, Any]:
        return {"open": len(self._begun), "ended": self._ended, "answers": {}}

    def serve(self) -> None:
        self._poll.register(STDIN, select.EPOLLIN)
        received = b""
        while True:
            if not self.wait(0.1):
                continue
            piece = os.read(STDIN, 4096)
            if not piece:
                return
            *commands, received = (received + piece).split(b"\n")
            for command in commands:
                if json.loads(command) == "come":
                    self.come()
                print(json.dumps(self.figures()), flush=True)

    def _closed(self, client: socket.socket, index: int) -> None:
        client.close()
        self._ended += 1
        self._due.append((time.monotonic() + REOPEN_AFTER_S, index))

    def _reopen(self) -> None:
        now = time.monotonic()
        while self._due and self._due[0][0] <= now:
            self.open_one(self._due.pop(0)[1])


def main() -> None:
    settings = json.loads(sys.argv[1])
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    os.nice(settings.get("niceness", 0))
    NonReaders(settings["port"], settings["count"]).serve()


main()
