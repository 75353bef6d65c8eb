"""Hands each line of standard input to the syslog daemon's Unix socket, as a datagram, or as a line where the socket takes streams.

    python3 syslog_relay.py /dev/log

It runs by itself, outside of any application, and ends with its input. A daemon that is started anew is found again.
"""

import errno
import os
import signal
import socket
import sys
import time

TRIES = 5
PAUSE_SECONDS = 0.2
READ_BYTES = 65536


class Daemon:
    def __init__(self, path):
        self._path = path
        self._socket = None
        self._end = b""

    def send(self, line):
        for tried in range(TRIES):
            try:
                if self._socket is None:
                    self._connect()
                self._socket.sendall(line + self._end)
                return
            except OSError as error:
                self._close()
                if error.errno == errno.EMSGSIZE:
                    line = line[: len(line) // 2]
                elif tried == TRIES - 1:
                    raise
                else:
                    time.sleep(PAUSE_SECONDS)

    def _connect(self):
        for kind, end in ((socket.SOCK_DGRAM, b""), (socket.SOCK_STREAM, b"\n")):
            self._socket, self._end = socket.socket(socket.AF_UNIX, kind), end
            try:
                self._socket.connect(self._path)
                return
            except OSError as error:
                self._close()
                if error.errno != errno.EPROTOTYPE:
                    raise

    def _close(self):
        if self._socket is not None:
            self._socket.close()
        self._socket = None


def main(path):
    # They are for the server, which ends this program when it has said its last.
    for name in ("SIGINT", "SIGTERM", "SIGQUIT", "SIGHUP", "SIGUSR1"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    daemon = Daemon(path)
    rest = b""
    while True:
        data = os.read(0, READ_BYTES)
        if not data:
            return
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            daemon.send(line)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except OSError as error:
        sys.exit(f"{sys.argv[1]}: {error.strerror}")
