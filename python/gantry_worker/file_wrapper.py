"""`wsgi.file_wrapper` (PEP 3333, "Optional Platform-Specific File Handling")."""

from __future__ import annotations

import io
import os
import stat
import sys
from typing import Any, Iterator, NamedTuple, Optional


class FileSpan(NamedTuple):
    """The part of a real file that is a response's body, and a path under which another process can open that file."""

    offset: int
    size: int
    path: bytes


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

    def _read_block(self) -> bytes:
        block: bytes = self.file.read(self.block_size)
        return block


def real_file_span(file: Any) -> Optional[FileSpan]:
    """Where the rest of `file` lies, from its current position; None if it is not a regular file that others can open."""
    plain = _plain_file(file)
    if plain is None:
        return None
    try:
        offset = plain.tell()
        status = os.fstat(plain.fileno())
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    path = _openable_path(plain, status)
    if path is None:
        return None
    return FileSpan(offset, max(0, status.st_size - offset), path)


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


def _openable_path(file: Any, status: os.stat_result) -> Optional[bytes]:
    # Linux: names the open file itself, also one that was renamed or unlinked.
    own = f"/proc/{os.getpid()}/fd/{file.fileno()}"
    if os.path.exists(own):
        return os.fsencode(own)
    name = getattr(file, "name", None)
    if not isinstance(name, (str, bytes)):
        return None
    try:
        named = os.stat(name)
    except OSError:
        return None
    if (named.st_dev, named.st_ino) != (status.st_dev, status.st_ino):
        return None
    return os.fsencode(os.path.abspath(name))
