"""What the application prints: print() and logging write here instead of to the descriptors, and each line bears a mark that tells the front
which stream it was printed to, and at which request its thread was.

The lines of both streams take the same way, so that their order is kept. Everything else about the streams is as it was: what looks at
them sees the same descriptor, encoding and terminal, and what other code and other processes write to the descriptors passes by untouched.
"""

from __future__ import annotations

import atexit
import io
import os
import sys
import threading
from typing import TYPE_CHECKING, Any, BinaryIO, Dict, List, Optional, TextIO, Tuple

if TYPE_CHECKING:
    from .thread_link import ThreadLink

# What is begun and grows longer is written as a line.
_LONGEST_LINE_BYTES = 65_536
# An interruption may have left the lock held: then lines may be torn, but nobody waits for ever.
_LOCK_SECONDS = 1.0

_Identity = Tuple[int, int]


class Outputs:
    """The standard streams of this process. Those of a process that it forks are the same until other descriptors take their place."""

    def __init__(self, mark: str) -> None:
        self._mark = mark.encode("ascii")
        # The links of request threads, by the threads' identifiers.
        self.serving: Dict[int, ThreadLink] = {}
        # Lines without their ends, by stream and thread, each with its mark.
        self.begun: Dict[Tuple[int, int], Tuple[bytes, bytes]] = {}
        self._lock = threading.RLock()
        self._identities = {1: _identity(1), 2: _identity(2)}
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget_others)

    def take_streams(self) -> None:
        """print() and logging go through this from now on."""
        sys.stdout = self._wrapped(sys.stdout, 1, b"o")
        sys.stderr = self._wrapped(sys.stderr, 2, b"e")
        # The first to be registered is the last to be called.
        atexit.register(self.end)

    def take_descriptors(self) -> None:
        """The standard descriptors of this process are others from now on."""
        self._identities = {1: _identity(1), 2: _identity(2)}

    def write(self, descriptor: int, letter: bytes, data: bytes) -> None:
        is_locked = self._lock.acquire(timeout=_LOCK_SECONDS)
        try:
            if _identity(descriptor) != self._identities[descriptor]:
                # The application has put something else in its place, which is to see what was written as it stands.
                _write_all(descriptor, data)
                return
            self._write_marked(descriptor, letter, data)
        finally:
            if is_locked:
                self._lock.release()

    def end_request(self) -> None:
        """Writes what this thread has begun: what it prints next belongs to another request."""
        thread = threading.get_ident()
        for key in [key for key in list(self.begun) if key[1] == thread]:
            self._end(key)

    def end(self) -> None:
        """Writes what anybody has begun."""
        for key in list(self.begun):
            self._end(key)

    def _write_marked(self, descriptor: int, letter: bytes, data: bytes) -> None:
        thread = threading.get_ident()
        key = (descriptor, thread)
        mark = self._mark_of(letter, thread)
        earlier, begun = self.begun.pop(key, (mark, b""))
        lines: List[bytes] = []
        if earlier != mark:
            lines.append(earlier + begun + b"\n")
            begun = b""
        *whole, rest = (begun + data).split(b"\n")
        lines.extend(mark + line + b"\n" for line in whole)
        if len(rest) > _LONGEST_LINE_BYTES:
            lines.append(mark + rest + b"\n")
        elif rest:
            self.begun[key] = (mark, rest)
        if lines:
            _write_all(self._way_of(descriptor), b"".join(lines))

    def _mark_of(self, letter: bytes, thread: int) -> bytes:
        link = self.serving.get(thread)
        if link is None:
            return self._mark + letter + b":"
        return self._mark + letter + b"%d.%d.%d:" % (link.index, link.opening, link.serial)

    def _way_of(self, descriptor: int) -> int:
        return 2 if _identity(2) == self._identities[2] else descriptor

    def _end(self, key: Tuple[int, int]) -> None:
        mark, begun = self.begun.pop(key, (b"", b""))
        if begun:
            _write_all(self._way_of(key[0]), mark + begun + b"\n")

    def _forget_others(self) -> None:
        """In a process just forked: whoever held the lock, or had begun a line, is not there."""
        self._lock = threading.RLock()
        thread = threading.get_ident()
        self.begun = {key: line for key, line in self.begun.items() if key[1] == thread}

    def _wrapped(self, stream: Any, descriptor: int, letter: bytes) -> TextIO:
        if stream is None:
            return stream  # type: ignore[no-any-return]
        stream.flush()
        wrapper = io.TextIOWrapper(
            _MarkedBuffer(self, stream.buffer, descriptor, letter),  # type: ignore[arg-type]
            encoding=stream.encoding,
            errors=stream.errors,
            newline="\n",
            line_buffering=stream.line_buffering,
            write_through=True,
        )
        wrapper.mode = "w"
        return wrapper


class _MarkedBuffer(io.BufferedIOBase):
    """What stands below the text of a standard stream."""

    mode = "wb"

    def __init__(self, outputs: Outputs, original: BinaryIO, descriptor: int, letter: bytes) -> None:
        self._outputs = outputs
        self._original = original
        self._descriptor = descriptor
        self._letter = letter
        self.name = getattr(original, "name", descriptor)
        self.raw = getattr(original, "raw", original)

    def write(self, data: Any) -> int:
        written = bytes(data)
        self._outputs.write(self._descriptor, self._letter, written)
        return len(written)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._original.fileno()

    def isatty(self) -> bool:
        return self._original.isatty()


def _identity(descriptor: int) -> Optional[_Identity]:
    try:
        status = os.fstat(descriptor)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
