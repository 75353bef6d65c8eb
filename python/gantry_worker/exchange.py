"""One request and its answer: calls the application by the rules of PEP 3333 and sends what it says over the thread's link.

Only this file knows in which state an answer is. Its errors, seen from the front: before the head was sent a `failure` (the
front makes the error page), afterwards an `abort` (a truncated answer must look truncated).
"""

from __future__ import annotations

import os
from errno import ENOENT
from io import BytesIO
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, BinaryIO, Callable, List, Optional, Set

from . import frames
from .environ import Environ, EnvironMaker
from .error_stream import ErrorStream
from .file_wrapper import FileWrapper, RealFile, real_file
from .frames import HEAD_HAS_LENGTH, MAX_BODY_BYTES, Bytes, Head, encode_response
from .late_imports import late
from .request_ends import LinkClosed, RequestTimeout
from .response_head import check_head, with_length
from .streamed_input import StreamedInput

if TYPE_CHECKING:  # a CGI program has another link, and must start without the modules of this one
    from .thread_link import ThreadLink


# From about here on it costs more to hand a file's bytes on than to have the front open the file.
_LARGEST_READ_FILE_BYTES = 2 * MAX_BODY_BYTES


class Exchange:
    """Runs the application for one request. Use once, on the link's thread."""

    # Defaults on the class: most requests never change them, and one of these is made for each.
    _start_called = False
    _head: Optional[Head] = None
    _head_sent = False
    _must_abort = False
    _bodiless = False
    # Body bytes that the declared Content-Length still allows; -1 without one.
    _remaining = -1
    _excess_logged = False
    _is_over = False
    # To be ended before the frame that ends the answer: what runs on other threads might read on, and no `want` may follow it.
    _streamed: Optional[StreamedInput] = None

    def __init__(self, link: ThreadLink) -> None:
        self._link = link
        self._errors = ErrorStream(link)
        self._started_at = perf_counter_ns()

    def run(self, application: Callable[..., Any], request: frames.Request, environs: EnvironMaker) -> None:
        """Answers `request`. Raises LinkClosed or RequestTimeout when nobody wants the answer any more; nothing else leaves it."""
        flags, shared, own, body = request
        stream: Optional[BinaryIO] = None
        try:
            environ = environs.make(shared, own)
            stream = BytesIO(body) if flags <= frames.REQUEST_MORE else self._open_input(flags, body)
            environ["wsgi.input"] = stream
            environ["wsgi.errors"] = self._errors
            if environ["REQUEST_METHOD"] == "HEAD":
                self._bodiless = True
            self._answer(application, environ)
        except LinkClosed:
            raise
        except BaseException as error:  # SystemExit of an application does not end the server (W51)
            if isinstance(error, RequestTimeout) and self._link.interruption.is_raised:
                raise
            self._fail(error)
        finally:
            self._is_over = True
            if self._streamed is not None:
                self._streamed.end()
            elif flags & frames.REQUEST_SPOOLED and stream is not None:
                _close_spool(stream)

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
        self._head = check_head(status, headers)
        return self.write

    def write(self, data: bytes) -> None:
        """PEP 3333's write: the data is on its way when it returns. Raises LinkClosed when the client is gone."""
        if self._is_over:
            raise AssertionError("write() after the end of the request")
        head = self._head_for(data)
        if not data:
            return
        if not self._head_sent:
            self._send_head(head, data)
        elif not self._bodiless:
            data = self._within_length(data)
            if data:
                self._link.send(*frames.encode_body(data))

    def _open_input(self, flags: int, body: bytes) -> BinaryIO:
        if flags & frames.REQUEST_SPOOLED:
            return open_spool(body)
        self._streamed = StreamedInput(self._link)
        return self._streamed

    def _answer(self, application: Callable[..., Any], environ: Environ) -> None:
        result = application(environ, self.start_response)
        if type(result) is list and not self._head_sent:
            self._answer_list(result)
            return
        unsent: Optional[bytes] = None
        try:
            if result is None:
                self._accept_none(application)
            elif isinstance(result, FileWrapper):
                unsent = self._send_file(result)
            else:
                self._send_blocks(result)
            if unsent is None:
                if not self._head_sent:
                    self._send_head(self._length_of_nothing(), b"")
                self._check_length_reached()
        finally:
            close = getattr(result, "close", None)
            if close is not None:
                close()
        if unsent is None:
            self._end()
        else:
            self._answer_list([unsent])

    def _answer_list(self, blocks: List[bytes]) -> None:
        """The usual case: all data is there and no code of the application runs any more, so a single block may wait for the batch."""
        if len(blocks) == 1:
            data = blocks[0]
            head = self._head_for(data)
            if self._is_plain(head, len(data)):
                self._head_sent = True
                if self._streamed is not None:
                    self._streamed.end()
                if self._errors.begun:
                    self._errors.flush()
                micros = (perf_counter_ns() - self._started_at) // 1000
                self._link.hold(*encode_response(head, micros, data))
                return
            # What ends the answer goes with it: each send wakes the front.
            self._link.keep(*self._begin(with_length(head, len(data)) if data else self._length_of_nothing(), data))
            self._check_length_reached()
            self._end()
            self._link.flush()
            return
        for data in blocks:
            self.write(data)
        if not self._head_sent:
            self._send_head(self._length_of_nothing(), b"")
        self._check_length_reached()
        self._end()

    def _is_plain(self, head: Head, length: int) -> bool:
        """Whether head and data are an answer as they stand, with nothing to cut, to leave out or to complain about."""
        status, flags, declared, _ = head
        return (
            (declared == length or not flags & HEAD_HAS_LENGTH)
            and length <= MAX_BODY_BYTES
            and not self._bodiless
            and status not in (204, 304)
        )

    def _send_blocks(self, result: Any) -> None:
        if isinstance(result, (str, bytes, bytearray)):
            raise AssertionError(_not_blocks(result))
        is_whole = not self._head_sent and _length_of(result) == 1
        for data in result:
            if not self._head_sent:
                head = self._head_for(data)
                if data:
                    message = self._begin(with_length(head, len(data)) if is_whole else head, data)
                    if self._remaining == 0:
                        self._link.send_with_batch(*message)
                    else:
                        self._link.send(*message)
            else:
                self.write(data)
            if self._bodiless and self._head_sent:
                break  # nothing of what follows goes anywhere

    def _send_head(self, head: Head, data: bytes) -> None:
        self._link.send(*self._begin(head, data))

    def _begin(self, head: Head, data: bytes) -> List[Bytes]:
        """The head and the first data, as far as the answer has a body, to be sent."""
        if head.status in (204, 304):
            self._bodiless = True
        elif head.flags & HEAD_HAS_LENGTH and not self._bodiless:
            self._remaining = head.content_length
        self._head_sent = True
        message: List[Bytes] = [frames.encode_response_head(head)]
        if not self._bodiless:
            data = self._within_length(data)
            if data:
                message += frames.encode_body(data)
        return message

    def _send_file(self, wrapper: FileWrapper) -> Optional[bytes]:
        """Sends the rest of a file. What is the whole answer as it stands is returned instead, to be sent when the file is closed."""
        file = None if self._head_sent or self._bodiless else real_file(wrapper.file)
        if file is not None:
            head = self._required_head()
            size = min(file.size, head.content_length) if head.flags & HEAD_HAS_LENGTH else file.size
            data = file.read(size) if size <= _LARGEST_READ_FILE_BYTES else None
            if data is None:
                if self._offer_file(head, file, size):
                    return None
            elif wrapper.closes_only_its_file:
                return data
            elif data:
                self._send_head(with_length(head, len(data)), data)
                return None
        self._send_blocks(wrapper)
        return None

    def _offer_file(self, head: Head, file: RealFile, size: int) -> bool:
        """Lets the front send a file. False if it cannot open it, or there is nothing to be sent."""
        path = file.openable_path()
        if path is None or size == 0 or head.status in (204, 304):
            return False
        # Goes with the question, which sends what is held back: each send wakes the front.
        self._link.keep(*self._begin(with_length(head, size), b""))
        if not self._link.offer_file(frames.encode_file(file.offset, size, path)):
            return False
        self._remaining -= size
        return True

    def _end(self) -> None:
        if self._must_abort:
            raise AssertionError("the exception given to start_response was swallowed after the headers were sent")
        if self._streamed is not None:
            self._streamed.end()
        self._errors.flush()
        self._link.hold(frames.encode_end(self._micros()))

    def _head_for(self, data: Any) -> Head:
        head = self._head
        if not isinstance(data, bytes):
            raise AssertionError(f"applications must write bytes, not {type(data).__name__}")
        if head is None:
            raise AssertionError("write() before start_response")
        return head

    def _required_head(self) -> Head:
        if self._head is None:
            raise AssertionError("the application returned without calling start_response")
        return self._head

    def _length_of_nothing(self) -> Head:
        """The head of an answer without data: its length is 0, except that HEAD says nothing of what GET would have (W43)."""
        head = self._required_head()
        return head if self._bodiless else with_length(head, 0)

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
        text = late("tracebacks").format_traceback(error)
        if self._streamed is not None:
            self._streamed.end()
        self._errors.flush()
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

    def _micros(self) -> int:
        return (perf_counter_ns() - self._started_at) // 1000


_warned_of_none: Set[str] = set()


def open_spool(place: bytes) -> BinaryIO:
    """A large request body, as a stream that ends where the body ends. The front removes its file.

    A descriptor of the front may be another file's by now, when the client has left: `place` then tells the file by its mark.
    """
    path, _, mark = place.partition(b"\0")
    spool = open(path, "rb")
    if mark and not _is_marked(spool, int(mark)):
        spool.close()
        raise FileNotFoundError(ENOENT, "the request body is gone: its client has left")
    return spool


def _is_marked(file: BinaryIO, mark: int) -> bool:
    status = os.fstat(file.fileno())
    return status.st_nlink == 0 and status.st_mtime_ns == mark * 1_000_000_000


def _close_spool(spool: BinaryIO) -> None:
    try:
        spool.close()
    except (OSError, ValueError):
        pass  # the application has closed its descriptor, or detached it


def _raised_here(error: BaseException) -> bool:
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return last is not None and late("tracebacks").is_own_file(last.tb_frame.f_code.co_filename)


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
