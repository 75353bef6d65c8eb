"""A front that has one link and does what a test tells it to."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import threading
from typing import Any, Iterable, List, Optional, Tuple

import context  # noqa: F401

from gantry_worker import frames
from gantry_worker.thread_link import ThreadLink

DEADLINE_SECONDS = 10.0

Frame = Tuple[int, bytes]


class FakeFront:
    """Answers each `want` with the next of its pieces, and with the end of the body when there are none left."""

    def __init__(self, pieces: Iterable[bytes] = (), closes_instead: bool = False) -> None:
        """`closes_instead`: of saying that the body has come to its end, as for a client that leaves."""
        self.received: List[Frame] = []
        self._arrival = threading.Condition()
        # Set for each `want` that arrives, when a test answers them itself.
        self.is_wanted = threading.Event()
        self.answers_wants = True
        self.opens_files = True
        self._pieces = list(pieces)
        self._closes_instead = closes_instead
        self._directory = tempfile.mkdtemp(prefix="gantry-test-")
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        path = os.path.join(self._directory, "link")
        self._listener.bind(path)
        self._listener.listen(1)
        self.link = ThreadLink(path, 0, 0, 1)
        self.link.open()
        self._socket, _ = self._listener.accept()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def __enter__(self) -> FakeFront:
        return self

    def __exit__(self, *_: Any) -> None:
        self.link.shut_down()
        self.wait_for_end()
        self.link.close()
        self._socket.close()
        self._listener.close()
        shutil.rmtree(self._directory)

    @property
    def wants(self) -> List[int]:
        """How much was wanted each time."""
        return [int.from_bytes(payload, "big") for kind, payload in self.received if kind == frames.WANT]

    @property
    def kinds(self) -> List[int]:
        """The types of the frames that came, without the hello."""
        return [kind for kind, _ in self.received[1:]]

    def waits_for(self, kind: int) -> bool:
        """Waits until a frame of this type has come. False if none does."""
        with self._arrival:
            return self._arrival.wait_for(lambda: kind in self.kinds, DEADLINE_SECONDS)

    def send(self, kind: int, payload: bytes = b"") -> None:
        self.send_bytes(frames.encode_control(kind, payload))

    def send_bytes(self, data: bytes) -> None:
        self._socket.sendall(data)

    def close_link(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)

    def wait_for_end(self) -> None:
        """Returns when all that was sent before the link's end is in `received`."""
        self._thread.join(DEADLINE_SECONDS)

    def _serve(self) -> None:
        data = b""
        while True:
            end = frames.frame_end(data, 0)
            if end is not None and end <= len(data):
                frame, data = frames.split_frame(data, 0, end), data[end:]
                self._take(frame)
                continue
            received = self._receive()
            if received is None:
                return
            data += received

    def _receive(self) -> Optional[bytes]:
        try:
            return self._socket.recv(65_536) or None
        except OSError:
            return None

    def _take(self, frame: Frame) -> None:
        with self._arrival:
            self.received.append(frame)
            self._arrival.notify_all()
        kind, payload = frame
        if kind == frames.FILE:
            self.send(frames.FILE_TAKEN, b"\x01" if self.opens_files else b"\x00")
        elif kind == frames.WANT:
            self.is_wanted.set()
            if self.answers_wants:
                self._answer_want(int.from_bytes(payload, "big"))

    def _answer_want(self, max_bytes: int) -> None:
        if self._pieces:
            piece = self._pieces.pop(0)
            if len(piece) > max_bytes:
                self._pieces.insert(0, piece[max_bytes:])
            self.send(frames.INPUT, piece[:max_bytes])
        elif self._closes_instead:
            self.close_link()
        else:
            self.send(frames.INPUT_END)
