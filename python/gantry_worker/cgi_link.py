"""The link of a CGI program's Exchange: what a front makes of frames over a socket is made here of the two standard streams.

The body is read from the standard input, never more than CONTENT_LENGTH says; the answer's frames become an answer as RFC 3875 §6 has
it, each written at once.
"""

from __future__ import annotations

import os

from . import frames
from .cgi_log import CgiLog
from .frames import Bytes
from .request_ends import LinkClosed
from .response_head import with_length

_FAILURES = {
    frames.FAILURE_RAISED: "",
    frames.FAILURE_INTERFACE: " – the application does not keep to PEP 3333",
    frames.FAILURE_EXIT: " – the application asked the process to end",
}


class CgiLink:
    """A ThreadLink to an Exchange, for the one request there is."""

    serial = 0

    def __init__(self, input_descriptor: int, output_descriptor: int, body_bytes: int, is_head: bool, log: CgiLog) -> None:
        self._input = input_descriptor
        self._output = output_descriptor
        self._missing = body_bytes
        self._is_head = is_head
        self._log = log
        # The application failed, or its answer could not be handed over.
        self.has_failed = False
        self._is_gone = False

    def hold(self, *frame: bytes) -> None:
        self.send(*frame)

    def keep(self, *frames_or_parts: Bytes) -> None:
        self.send(*frames_or_parts)

    def send_with_batch(self, *frames_or_parts: Bytes) -> None:
        self.send(*frames_or_parts)

    def send(self, *frames_or_parts: Bytes) -> None:
        """Writes what the frames say before it returns. Raises LinkClosed when nobody reads any more."""
        data = b"".join(frames_or_parts)
        output = []
        position = 0
        while position < len(data):
            end = frames.frame_end(data, position)
            assert end is not None
            output.append(self._take(*frames.split_frame(data, position, end)))
            position = end
        self._write(output[0] if len(output) == 1 else b"".join(output))

    def flush(self) -> None:
        """Nothing is ever held back."""

    def offer_file(self, _frame: bytes) -> bool:
        """Nobody else is there to send a file: it is read here, like any other."""
        return False

    def want_input(self, max_bytes: int) -> bytes:
        """The next bytes of the body; none at its end. Raises LinkClosed where the standard input ends before."""
        size = min(max_bytes, self._missing)
        data = os.read(self._input, size) if size else b""
        if size and not data:
            self._lose(f"the standard input ended {self._missing} bytes before CONTENT_LENGTH said")
        self._missing -= len(data)
        return data

    def discard_input(self) -> None:
        """Reads what nobody wants any more.

        A web server may have the standard input and the answer on one socket (mod_cgid has): what is left unread there when the process
        ends breaks the answer off.
        """
        try:
            while self._missing and not self._is_gone:
                data = os.read(self._input, min(self._missing, frames.MAX_INPUT_BYTES))
                if not data:
                    return
                self._missing -= len(data)
        except OSError:
            pass  # nothing more comes, which is as well

    def fail(self, status: str) -> None:
        """Answers with an error page of the server's own (src/http/error-page.ts)."""
        self.has_failed = True
        body = b"" if self._is_head else f"{status}\n".encode()
        head = f"Status: {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {len(status) + 1}\r\n\r\n"
        self._write(head.encode() + body)

    def cancel(self) -> None:
        """The web server wants the process to end."""
        self._lose("the web server ended the request (SIGTERM)")

    def _take(self, kind: int, payload: bytes) -> bytes:
        """What a frame adds to the output."""
        if kind == frames.BODY:
            return payload
        if kind == frames.RESPONSE:
            head, end = frames.decode_head(payload[frames.MICROS_BYTES :])
            body = payload[frames.MICROS_BYTES + end :]
            return _head_lines(with_length(head, len(body))) + body
        if kind == frames.RESPONSE_HEAD:
            return _head_lines(frames.decode_head(payload)[0])
        if kind == frames.LOG:
            self._tell(payload[0], payload[1:].decode())
        elif kind == frames.FAILURE:
            reason, text = payload[frames.MICROS_BYTES], payload[frames.MICROS_BYTES + 1 :].decode()
            self._log.failed(text, _FAILURES[reason])
            self.fail("500 Internal Server Error")
        elif kind == frames.ABORT:
            self.has_failed = True
        return b""

    def _tell(self, level: int, text: str) -> None:
        if level == frames.LOG_ERRORS:
            self._log.errors(text)
        elif level == frames.LOG_ERROR:
            self._log.failed(text)
        else:
            self._log.warning(text)

    def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._output, rest) :]
            except OSError as error:
                self._lose(f"the client left before its answer was complete ({error.strerror})")

    def _lose(self, reason: str) -> None:
        self.has_failed = True
        if not self._is_gone:
            self._is_gone = True
            self._log.info(reason)
        raise LinkClosed(reason)


def _head_lines(head: frames.Head) -> bytes:
    reason, *strings = frames.head_block(head).split(b"\0")[:-1]
    fields = zip(strings[::2], strings[1::2])
    lines = [b"Status: %d %s" % (head.status, reason)]
    # That name is CGI's own: a second one would change the status for some servers, and not for others.
    lines += [b"%s: %s" % (name, value) for name, value in fields if name.lower() != b"status"]
    return b"\r\n".join(lines) + b"\r\n\r\n"
