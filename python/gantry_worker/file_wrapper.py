"""`wsgi.file_wrapper` (PEP 3333, "Optional Platform-Specific File Handling")."""

from __future__ import annotations

import io
import os
import stat
import sys
from types import BuiltinMethodType
from typing import Any, Iterator, Optional


class FileWrapper:
    """An iterable over a file-like object's blocks, which the server may send without reading it in Python."""

    __slots__ = ("file", "block_size", "close")

    def __init__(self, file: Any, block_size: int = 65536) -> None:
        self.file = file
        self.block_size = block_size
        if hasattr(file, "close"):
            self.close = file.close

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._read_block, b"")

    @property
    def closes_only_its_file(self) -> bool:
        """Whether `close` runs no code of an application's: Django puts its own in its place, and may do much there."""
        close = getattr(self, "close", None)
        return type(close) is BuiltinMethodType and close.__self__ is self.file

    def _read_block(self) -> bytes:
        block: bytes = self.file.read(self.block_size)
        return block


class RealFile:
    """A regular file, of which the rest from its position on is a response's body."""

    __slots__ = ("offset", "size", "_file", "_status")

    def __init__(self, file: Any, offset: int, status: os.stat_result) -> None:
        self.offset = offset
        self.size = max(0, status.st_size - offset)
        self._file = file
        self._status = status

    def read(self, size: int) -> Optional[bytes]:
        """The first `size` bytes, or as many as there still are. None if they cannot be read here."""
        descriptor = self._file.fileno()
        try:
            data = os.pread(descriptor, size, self.offset)
            while len(data) < size:
                # Most likely it has shrunk, but some file systems give less than they have.
                more = os.pread(descriptor, size - len(data), self.offset + len(data))
                if not more:
                    break
                data += more
        except OSError:
            return None
        return data

    def openable_path(self) -> Optional[bytes]:
        """A path under which another process can open it, if there is one."""
        # Linux: names the open file itself, also one that was renamed or unlinked.
        own = f"/proc/{os.getpid()}/fd/{self._file.fileno()}"
        if os.path.exists(own):
            return os.fsencode(own)
        name = getattr(self._file, "name", None)
        if not isinstance(name, (str, bytes)):
            return None
        try:
            named = os.stat(name)
        except OSError:
            return None
        if (named.st_dev, named.st_ino) != (self._status.st_dev, self._status.st_ino):
            return None
        return os.fsencode(os.path.abspath(name))


def real_file(file: Any) -> Optional[RealFile]:
    """What `file` reads from; None if that is not a regular file, or `file` reads anything else than what lies there."""
    plain = _plain_file(file)
    if plain is None:
        return None
    try:
        offset = plain.tell()
        status = os.fstat(plain.fileno())
    except (OSError, ValueError):
        return None
    return RealFile(plain, offset, status) if stat.S_ISREG(status.st_mode) else None


def _plain_file(file: Any) -> Any:
    # Only objects whose read() is known to give the file's own bytes: a GzipFile has a descriptor too, and reads otherwise.
    tempfile = sys.modules.get("tempfile")
    # Where nobody has imported it, this is none of its files.
    if tempfile is not None and isinstance(file, tempfile._TemporaryFileWrapper):
        file = file.file
    if type(file) is io.FileIO:
        return file
    if type(file) in (io.BufferedReader, io.BufferedRandom) and type(file.raw) is io.FileIO:
        return file
    return None
