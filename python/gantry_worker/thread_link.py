"""One request thread's link to the front: its socket, the batch being served, and the answers held back for the batch's end.

One of these is made for each opening: whatever an interruption leaves half done ends with it. Runs on the link's own thread, except for what says that the control thread calls it. Everything both touch is `_unstarted` (a deque:
each end takes whole items) and the outgoing bytes, which `_sending` guards.
"""

from __future__ import annotations

import socket
import threading
from collections import deque
from typing import Deque, List, Optional, Tuple

from . import frames
from .frames import Bytes
from .interrupts import Interruption
from .request_ends import LinkClosed

# Not more: the C library hands out larger pieces by a system call each.
_RECEIVE_BYTES = 65_536
_LARGEST_HELD_BYTES = 16_384
# Up to here a copy costs less than to name the parts to the system, which takes 1,024 of them at a time.
_LARGEST_JOINED_BYTES = 32_768
_MAX_PARTS = 1_024
_CLOSE_SECONDS = 1.0


class ThreadLink:
    """The link of request thread number `index`, at its `opening`, counted from 1. Made by that thread."""

    def __init__(self, socket_path: str, worker: int, index: int, opening: int) -> None:
        self.index = index
        self.opening = opening
        self.interruption = Interruption()
        self._socket_path = socket_path
        self._worker = worker
        self._socket: Optional[socket.socket] = None
        self._sending = threading.Lock()
        # Frames to be sent with the next ones. Whoever removes any holds `_sending`; only the link's own thread adds.
        self._held: List[Bytes] = []
        # Counts the requests begun, so that what is left of an earlier one can be told from the present one.
        self.serial = 0
        # Held while the front is asked something: its answers come on the same socket as requests do.
        self._asking = threading.Lock()
        self._unstarted: Deque[frames.Request] = deque()

    def open(self) -> None:
        """Connects and says who this is. Raises OSError when the front is not there (any more)."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(self._socket_path)
            connection.sendall(frames.encode_link_hello(self._worker, self.index, self.opening))
        except OSError:
            connection.close()
            raise
        self._socket = connection

    def close(self) -> None:
        """Gives the link up, with everything that was to travel over it."""
        self._unstarted.clear()
        self.serial += 1
        # The control thread may be sending: its descriptor must not come to mean another file. Nor is it waited for longer than it can
        # take: an interruption may have left the lock held.
        self.shut_down()
        is_ours = self._sending.acquire(timeout=_CLOSE_SECONDS)
        connection, self._socket = self._socket, None
        if connection is not None:
            connection.close()
        if is_ours:
            self._sending.release()

    def shut_down(self) -> None:
        """May be called by the control thread: lets the link's own thread find the link ended, also while it waits for a batch."""
        connection = self._socket
        if connection is not None:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # already disconnected

    def next_request(self) -> frames.Request:
        """The next request to run; at the end of a batch sends what is held back and waits for the next batch.

        Raises LinkClosed at the end of the link.
        """
        self.serial += 1
        try:
            return self._unstarted.popleft()
        except IndexError:
            pass
        if self._held:
            self.flush()
        batch = self._read_batch()
        # The first request counts as started. The others become visible to `take_unstarted` all at once, so that what it
        # takes from the end is the end of the whole batch.
        if len(batch) > 1:
            self._unstarted.extend(batch[1:])
        return batch[0]

    def hold(self, *frame: bytes) -> None:
        """Sends a frame, which may be given in parts, with the others of the batch, no later than the batch's end."""
        self._held.extend(frame)
        if len(frame[-1]) > _LARGEST_HELD_BYTES:
            self.flush()

    def keep(self, *frames_or_parts: Bytes) -> None:
        """Holds frames back, however large: a `flush` is to follow."""
        self._held.extend(frames_or_parts)

    def send(self, *frames_or_parts: Bytes) -> None:
        """Sends frames, and all that is held back before them, before it returns. Raises LinkClosed."""
        self._held.extend(frames_or_parts)
        self.flush()

    def send_with_batch(self, *frames_or_parts: Bytes) -> None:
        """Sends all the data of an answer, though the application may not be done with it: with the others of the batch, where some are to come.

        The front asks for those back before long, and then `send_held_now` sends what is held, whatever the application does.
        """
        self._held.extend(frames_or_parts)
        # In this order: who takes the unstarted away in between looks at what is held afterwards.
        if not self._unstarted or len(frames_or_parts[-1]) > _LARGEST_HELD_BYTES:
            self.flush()

    def flush(self) -> None:
        with self._sending:
            self._send_held()

    def offer_file(self, frame: bytes) -> bool:
        """Sends a `file` frame; tells whether the front could open the file. Raises LinkClosed."""
        frame_type, payload = self._ask(frame)
        if frame_type != frames.FILE_TAKEN:
            raise frames.FrameError("file-taken was expected")
        return frames.decode_file_taken(payload)

    def want_input(self, max_bytes: int) -> bytes:
        """Waits for the next bytes of a streamed body; none at its end. Raises LinkClosed when it cannot be completed."""
        data = frames.decode_input(*self._ask(frames.encode_want(max_bytes)))
        if len(data) > max_bytes:
            raise frames.FrameError("more input came than was asked for")
        return data

    def take_unstarted(self) -> int:
        """Called by the control thread: takes back what the thread has not started; returns how many requests that were."""
        count = 0
        while True:
            try:
                self._unstarted.pop()
            except IndexError:
                return count
            count += 1

    def send_held_now(self) -> None:
        """Called by the control thread while the link's own thread may be long in the application."""
        # Whoever holds the lock is sending just now, perhaps to a client that takes nothing: never wait for that here.
        if not self._sending.acquire(blocking=False):
            return
        try:
            self._send_held()
        except LinkClosed:
            pass  # the link's own thread finds that out by itself
        finally:
            self._sending.release()

    def _ask(self, question: bytes) -> Tuple[int, bytes]:
        """Sends a frame, and all that is held back before it, and returns the type and payload of the front's answer."""
        with self._asking:
            self.send(question)
            data = b""
            while True:
                end = frames.frame_end(data, 0)
                if end is not None and len(data) >= end:
                    break
                data += self._receive()
        if len(data) != end:
            raise frames.FrameError("bytes follow an answer of the front's")
        return frames.split_frame(data, 0, end)

    def _send_held(self) -> None:
        frames_held = self._held[:]
        if not frames_held:
            return
        # Not `clear`: the link's own thread may have added one meanwhile.
        del self._held[: len(frames_held)]
        connection = self._socket
        if connection is None:
            raise LinkClosed("the link is closed")
        try:
            _send_all(connection, frames_held)
        except OSError as error:
            raise LinkClosed(str(error)) from None

    def _receive(self, size: int = _RECEIVE_BYTES, flags: int = 0) -> bytes:
        connection = self._socket
        if connection is None:
            raise LinkClosed("the link is closed")
        try:
            data = connection.recv(size, flags)
        except OSError as error:
            raise LinkClosed(str(error)) from None
        if not data:
            raise LinkClosed("the front closed the link")
        return data

    def _receive_all(self, size: int) -> bytes:
        """The next `size` bytes, in one call as a rule."""
        pieces: List[bytes] = []
        while size:
            pieces.append(self._receive(size, socket.MSG_WAITALL))
            size -= len(pieces[-1])
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _read_batch(self) -> List[frames.Request]:
        data = self._receive()
        batch: List[frames.Request] = []
        position = 0
        while True:
            taken = frames.take_request(data, position)
            if taken is None:
                missing = frames.missing_body(data, position)
                # What is larger comes at once: each copy of a large body is memory got from the system and given back.
                more = self._receive_all(missing) if missing > _RECEIVE_BYTES else self._receive()
                data = b"".join((data[position:], more))
                position = 0
                continue
            request, position = taken
            batch.append(request)
            if not request[0] & frames.REQUEST_MORE:
                break
        if position != len(data):
            raise frames.FrameError("bytes follow the last request of a batch")
        return batch


def _send_all(connection: socket.socket, parts: List[Bytes]) -> None:
    if len(parts) == 1:
        connection.sendall(parts[0])
    elif sum(map(len, parts)) <= _LARGEST_JOINED_BYTES:
        connection.sendall(b"".join(parts))
    else:
        for start in range(0, len(parts), _MAX_PARTS):
            _send_parts(connection, parts[start : start + _MAX_PARTS])


def _send_parts(connection: socket.socket, parts: List[Bytes]) -> None:
    sent = connection.sendmsg(parts)
    # The socket blocks until the system has all of it, or a signal came in between.
    if sent < sum(map(len, parts)):
        connection.sendall(memoryview(b"".join(parts))[sent:])
