"""One request and its answer: calls the application by the rules of PEP 3333 and sends what it says over the thread's link.

Only this file knows in which state an answer is. Its errors, seen from the front: before the head was sent a `failure` (the
front makes the error page), afterwards an `abort` (a truncated answer must look truncated).
"""

from __future__ import annotations

import io
import os
from time import perf_counter_ns
from typing import Any, BinaryIO, Callable, Dict, List, Optional, Set

from . import frames
from .error_stream import ErrorStream
from .file_wrapper import FileWrapper, real_file_span
from .frames import HEAD_HAS_LENGTH, Head
from .response_head import make_head
from .thread_link import LinkClosed, ThreadLink
from .tracebacks import format_traceback, is_own_file

Environ = Dict[str, Any]


class Exchange:
    """Runs the application for one request. Use once, on the link's thread."""

    __slots__ = (
        "_link",
        "_errors",
        "_started_at",
        "_start_called",
        "_head",
        "_head_sent",
        "_must_abort",
        "_bodiless",
        "_remaining",
        "_excess_logged",
    )

    def __init__(self, link: ThreadLink) -> None:
        self._link = link
        self._errors: Optional[ErrorStream] = None
        self._started_at = 0
        self._start_called = False
        self._head: Optional[Head] = None
        self._head_sent = False
        self._must_abort = False
        self._bodiless = False
        # Body bytes that the declared Content-Length still allows; -1 without one.
        self._remaining = -1
        self._excess_logged = False

    def run(self, application: Callable[..., Any], request: frames.Request, base_environ: Environ) -> None:
        """Answers `request`. Raises LinkClosed when nobody wants the answer any more; nothing else leaves it."""
        body: Optional[BinaryIO] = None
        self._started_at = perf_counter_ns()
        try:
            body = open_body(request)
            environ = make_environ(request.environ_block, base_environ)
            errors = self._errors = ErrorStream(self._log_errors)
            environ["wsgi.input"] = body
            environ["wsgi.errors"] = errors
            self._bodiless = environ["REQUEST_METHOD"] == "HEAD"
            self._answer(application, environ)
        except LinkClosed:
            raise
        except BaseException as error:  # SystemExit of an application does not end the server (W51)
            self._fail(error)
        finally:
            if self._errors is not None:
                self._end_errors(self._errors)
            if body is not None and not isinstance(body, io.BytesIO):
                body.close()

    def start_response(self, status: str, headers: List[Any], exc_info: Any = None) -> Callable[[bytes], None]:
        """PEP 3333's start_response: keeps the head until there is body data, or until the end."""
        if exc_info:
            try:
                if self._head_sent:
                    self._must_abort = True
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None  # no reference cycle through this frame
        elif self._start_called:
            raise AssertionError("Headers already set")
        self._start_called = True
        self._head = None
        self._head = make_head(status, headers)
        return self.write

    def write(self, data: bytes) -> None:
        """PEP 3333's write: the data is on its way when it returns. Raises LinkClosed when the client is gone."""
        head = self._checked_head(data)
        if not data:
            return
        if not self._head_sent:
            self._send_head(head, data)
        elif not self._bodiless:
            data = self._within_length(data)
            if data:
                self._link.send(frames.encode_body(data))

    def _answer(self, application: Callable[..., Any], environ: Environ) -> None:
        result = application(environ, self.start_response)
        if type(result) is list and not self._head_sent:
            self._answer_list(result)
            return
        try:
            if result is None:
                self._accept_none(application)
            elif isinstance(result, FileWrapper) and self._send_file(result):
                pass
            else:
                self._send_blocks(result)
            if not self._head_sent:
                self._answer_whole(self._required_head(), b"")
                return
            self._check_length_reached()
        finally:
            close = getattr(result, "close", None)
            if close is not None:
                close()
        if self._must_abort:
            raise AssertionError("the exception given to start_response was swallowed after the headers were sent")
        self._link.hold(frames.encode_end(self._micros()))

    def _answer_list(self, blocks: List[bytes]) -> None:
        """The usual case: all data is there, no code of the application runs any more, so nothing has to leave before the next."""
        if len(blocks) == 1:
            data = blocks[0]
            self._answer_whole(self._checked_head(data), data)
        elif not blocks:
            self._answer_whole(self._required_head(), b"")
        else:
            for data in blocks:
                self.write(data)
            if not self._head_sent:
                self._answer_whole(self._required_head(), b"")
                return
            self._check_length_reached()
            self._link.hold(frames.encode_end(self._micros()))

    def _answer_whole(self, head: Head, data: bytes) -> None:
        self._set_up_body(head)
        if self._bodiless:
            # A length that GET would have: known only if this is GET's whole data (W43).
            head, data = _with_length(head, len(data)) if data and head.status not in (204, 304) else head, b""
        elif self._remaining >= 0:
            data = self._within_length(data)
            if self._remaining:
                self._head_sent = True
                self._link.send(frames.encode_response_head(head) + (frames.encode_body(data) if data else b""))
                self._check_length_reached()
        self._head_sent = True
        self._link.hold(frames.encode_response(head, self._micros(), data))

    def _send_blocks(self, result: Any) -> None:
        if isinstance(result, (str, bytes, bytearray)):
            raise AssertionError(_not_blocks(result))
        whole = not self._head_sent and _length_of(result) == 1
        for data in result:
            if not self._head_sent:
                head = self._checked_head(data)
                if data:
                    self._send_head(_with_length(head, len(data)) if whole else head, data)
            else:
                self.write(data)
            if self._bodiless and self._head_sent:
                break  # nothing of what follows goes anywhere

    def _send_head(self, head: Head, data: bytes) -> None:
        self._set_up_body(head)
        self._head_sent = True
        message = frames.encode_response_head(head)
        if not self._bodiless:
            data = self._within_length(data)
            if data:
                message += frames.encode_body(data)
        self._link.send(message)

    def _send_file(self, wrapper: FileWrapper) -> bool:
        """Lets the front send the rest of a real file. False if it is none, or the front cannot open it."""
        if self._head_sent:
            return False
        span = real_file_span(wrapper.file)
        if span is None:
            return False
        head = self._required_head()
        self._set_up_body(head)
        if self._bodiless:
            return False
        size = span.size if self._remaining < 0 else min(span.size, self._remaining)
        if size == 0:
            return False
        head = _with_length(head, size)
        self._head_sent = True
        self._link.send(frames.encode_response_head(head) + frames.encode_file(span.offset, size, span.path))
        if not self._link.wait_file_taken():
            self._remaining = size
            return False
        if self._remaining > 0:
            self._remaining -= size
        return True

    def _set_up_body(self, head: Head) -> None:
        if head.status in (204, 304):
            self._bodiless = True
        if head.flags & HEAD_HAS_LENGTH and not self._bodiless:
            self._remaining = head.content_length

    def _checked_head(self, data: Any) -> Head:
        if not isinstance(data, bytes):
            raise AssertionError(f"applications must write bytes, not {type(data).__name__}")
        if self._head is None:
            raise AssertionError("write() before start_response")
        return self._head

    def _required_head(self) -> Head:
        if self._head is None:
            raise AssertionError("the application returned without calling start_response")
        return self._head

    def _within_length(self, data: bytes) -> bytes:
        if self._remaining < 0:
            return data
        if len(data) > self._remaining:
            self._log_excess(len(data) - self._remaining)
            data = data[: self._remaining]
        self._remaining -= len(data)
        return data

    def _log_excess(self, excess: int) -> None:
        if not self._excess_logged:
            self._excess_logged = True
            text = f"the application wrote {excess} or more bytes beyond its Content-Length; they were cut"
            self._link.hold(frames.encode_log(frames.LOG_ERROR, text))

    def _check_length_reached(self) -> None:
        if self._remaining > 0:
            raise AssertionError(f"the application wrote {self._remaining} bytes fewer than its Content-Length")

    def _accept_none(self, application: Callable[..., Any]) -> None:
        self._required_head()
        name = getattr(application, "__qualname__", None) or type(application).__qualname__
        if name not in _warned_of_none:
            _warned_of_none.add(name)
            text = f"the application {name} returned None; taken as an empty body (return [] instead)"
            self._link.hold(frames.encode_log(frames.LOG_WARNING, text))

    def _fail(self, error: BaseException) -> None:
        text = format_traceback(error)
        if self._head_sent:
            self._link.hold(frames.encode_log(frames.LOG_ERROR, text))
            self._link.hold(frames.encode_abort(self._micros()))
            return
        kind = frames.FAILURE_RAISED
        if isinstance(error, (SystemExit, KeyboardInterrupt)):
            kind = frames.FAILURE_EXIT
        elif isinstance(error, AssertionError) and _raised_here(error):
            kind = frames.FAILURE_INTERFACE
        self._link.hold(frames.encode_failure(self._micros(), kind, text))

    def _log_errors(self, text: str) -> None:
        self._link.send(frames.encode_log(frames.LOG_ERRORS, text))

    def _end_errors(self, errors: ErrorStream) -> None:
        try:
            errors.end()
        except LinkClosed:
            pass

    def _micros(self) -> int:
        return (perf_counter_ns() - self._started_at) // 1000


_warned_of_none: Set[str] = set()


def make_environ(block: bytes, base: Environ) -> Environ:
    """The environ of one request: the strings that the front sent, and the `wsgi.*` objects of `base`."""
    strings = iter(block.decode("latin-1").split("\0"))
    environ: Environ = dict(zip(strings, strings))
    environ.update(base)
    return environ


def open_body(request: frames.Request) -> BinaryIO:
    """The request's body as a stream that ends where the body ends. A spool file loses its name at once."""
    if not request.flags & frames.REQUEST_SPOOLED:
        return io.BytesIO(request.body)
    spool = open(request.body, "rb")
    os.unlink(request.body)
    return spool


def _raised_here(error: BaseException) -> bool:
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return last is not None and is_own_file(last.tb_frame.f_code.co_filename)


def _with_length(head: Head, length: int) -> Head:
    if head.flags & HEAD_HAS_LENGTH or head.status in (204, 304):
        return head
    block = head.block + b"Content-Length\0%d\0" % length
    return Head(head.status, head.flags | HEAD_HAS_LENGTH, length, block)


def _length_of(result: Any) -> int:
    try:
        return len(result)
    except TypeError:
        return -1


def _not_blocks(result: Any) -> str:
    name = type(result).__name__
    if isinstance(result, str):
        return f"applications must write bytes, not {name}"
    return f"applications must return an iterable of bytes, not {name}: return [body], not body"
