"""Reads a multipart/form-data body (RFC 7578) piece by piece.

The law of this file: it never holds more than one read and one delimiter in
memory, however large the body is, and never reads past Content-Length.
"""

from email.message import Message
from email.parser import HeaderParser

READ_BYTES = 64 * 1024
MAX_PART_HEAD_BYTES = 8 * 1024
MAX_PARTS = 100


class MalformedForm(Exception):
    """The body is not what its Content-Type says."""


def boundary_of(content_type):
    """Return the boundary that a Content-Type value names, as bytes."""
    message = Message()
    message["Content-Type"] = content_type
    boundary = message.get_boundary("")
    is_boundary = boundary.isascii() and 1 <= len(boundary) <= 70
    if message.get_content_type() != "multipart/form-data" or not is_boundary:
        raise MalformedForm("expected multipart/form-data with a boundary")
    return boundary.encode("ascii")


def read_parts(stream, length, boundary):
    """Yield the parts in turn; asking for the next one skips what is left of this one."""
    body = Body(stream, length)
    delimiter = b"\r\n--" + boundary
    skip(body.read_until(delimiter))  # the preamble
    for _ in range(MAX_PARTS):
        if body.starts_with(b"--"):  # the delimiter that ends the form
            return
        headers = read_part_headers(body)
        part = Part(headers.get_filename(), body.read_until(delimiter))
        yield part
        skip(part.chunks)
    raise MalformedForm(f"more than {MAX_PARTS} parts")


class Part:
    """One field of the form; its filename is None if it is not a file, and empty if no file was chosen."""

    def __init__(self, filename, chunks):
        self.filename = filename
        self.chunks = chunks


class Body:
    """The request body, with just enough of it in memory to find a delimiter."""

    def __init__(self, stream, length):
        self.stream = stream
        self.remaining = length
        # The first delimiter has no line end before it; lend it one, and it is like all others.
        self.buffer = b"\r\n"

    def fill(self):
        # PEP 3333: not a byte beyond Content-Length, even if the server would wait for one.
        data = self.stream.read(min(READ_BYTES, self.remaining))
        if not data:
            raise MalformedForm("the form ends too early")
        self.remaining -= len(data)
        self.buffer += data

    def starts_with(self, prefix):
        while len(self.buffer) < len(prefix):
            self.fill()
        return self.buffer.startswith(prefix)

    def read_until(self, delimiter):
        """Yield what comes before the delimiter, in pieces, and step over the delimiter."""
        while True:
            before, found, after = self.buffer.partition(delimiter)
            if found:
                self.buffer = after
                yield before
                return
            # A delimiter may be cut in two by the end of what was read so far.
            certain = max(0, len(self.buffer) - len(delimiter) + 1)
            piece, self.buffer = self.buffer[:certain], self.buffer[certain:]
            if piece:
                yield piece
            self.fill()


def read_part_headers(body):
    head = b""
    for piece in body.read_until(b"\r\n\r\n"):
        head += piece
        if len(head) > MAX_PART_HEAD_BYTES:
            raise MalformedForm("the head of a part is too long")
    # Browsers send file names as plain UTF-8 between the quotes.
    return HeaderParser().parsestr(head.decode("utf-8", "replace").lstrip())


def skip(chunks):
    for _ in chunks:
        pass
