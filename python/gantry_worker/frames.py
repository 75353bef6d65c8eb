"""The link's frames as bytes (protocol/link.md). No I/O: values in and bytes out, or the other way round.

Both this codec and the one in src/workers/frames.ts are tested against protocol/vectors/.
"""

from __future__ import annotations

from struct import Struct
from typing import List, NamedTuple, Optional, Tuple, Union

MAX_FRAME_BYTES = 16_777_216
# Far below the limit: the front holds a frame until it is whole, and paces an answer between frames.
MAX_BODY_BYTES = 65_536
MAX_INPUT_BYTES = 65_536
CONTROL_LINK = 0xFFFF
STDOUT_LINK = 0xFFFE
STDERR_LINK = 0xFFFD
TEMPLATE_LINK = 0xFFFC

LINK_HELLO = 0x01
REQUEST = 0x10
FILE_TAKEN = 0x11
INPUT = 0x12
INPUT_END = 0x13
RESPONSE = 0x20
RESPONSE_HEAD = 0x21
BODY = 0x22
FILE = 0x23
END = 0x24
ABORT = 0x25
FAILURE = 0x26
LOG = 0x27
WANT = 0x28
BOOT = 0x30
BOOTING = 0x31
READY = 0x32
BOOT_FAILED = 0x33
REVOKE = 0x34
REVOKED = 0x35
STOP = 0x36
INTERRUPT = 0x37
STACKS = 0x38
STACKS_TOLD = 0x39
INTERRUPTED = 0x3A
FORK = 0x40
FORKED = 0x41
FORK_FAILED = 0x42
ENDED = 0x43

REQUEST_MORE = 1
REQUEST_SPOOLED = 2
REQUEST_STREAMED = 4

HEAD_HAS_DATE = 1
HEAD_HAS_SERVER = 2
HEAD_HAS_LENGTH = 4

FAILURE_RAISED = 0
FAILURE_INTERFACE = 1
FAILURE_EXIT = 2

LOG_ERRORS = 0
LOG_INFO = 1
LOG_WARNING = 2
LOG_ERROR = 3

# The status in `ended` of a process that somebody else has waited for.
STATUS_UNKNOWN = 0xFFFFFFFF

_MAX_U32 = 0xFFFFFFFF

_prefix = Struct(">IB")
_hello = Struct(">IBIHI")
_request = Struct(">IBBII")
_head = Struct(">HBQI")
_file = Struct(">IBQQ")
_end = Struct(">IBI")
_want = Struct(">IBI")
_failure = Struct(">IBIB")
_log = Struct(">IBB")
_u16 = Struct(">H")
_u32 = Struct(">I")
_interrupt = Struct(">HI")
_revoked = Struct(">IBHH")
_forked = Struct(">IBII")
_fork_failed = Struct(">IBI")
_ended = Struct(">IBIII")

PREFIX_BYTES = _prefix.size
REQUEST_PREFIX_BYTES = _request.size
# The time that an answer took, before whatever else a frame that ends one holds.
MICROS_BYTES = 4


class FrameError(Exception):
    """The peer sent something that the protocol does not allow; the link cannot go on."""


# What is sent as it is: large data is not copied to be sent in pieces.
Bytes = Union[bytes, memoryview]

# A `request` frame: its flags, the shared and the own environ block, and the body or the path of the file that holds it.
# A plain tuple: one is made for each request.
Request = Tuple[int, bytes, bytes, bytes]


class Head(NamedTuple):
    """A response's head: what has to be known of it later, and the bytes that `response` and `response-head` carry."""

    status: int
    flags: int
    content_length: int
    encoded: bytes


def frame_end(data: bytes, position: int) -> Optional[int]:
    """Where the frame that starts at `position` ends, or None while its length field is incomplete."""
    if len(data) - position < PREFIX_BYTES:
        return None
    length, _ = _prefix.unpack_from(data, position)
    if not 1 <= length <= MAX_FRAME_BYTES:
        raise FrameError(f"a frame of {length} bytes is not between 1 and {MAX_FRAME_BYTES}")
    return position + 4 + length


def split_frame(data: bytes, position: int, end: int) -> Tuple[int, bytes]:
    """The type and the payload of the complete frame that lies between `position` and `end`."""
    return data[position + 4], data[position + PREFIX_BYTES : end]


def take_request(data: bytes, position: int) -> Optional[Tuple[Request, int]]:
    """The `request` frame that starts at `position`, and where it ends; None while it is incomplete."""
    if len(data) - position < REQUEST_PREFIX_BYTES:
        _check_prefix(data, position)
        return None
    length, frame_type, flags, shared_bytes, own_bytes = _request.unpack_from(data, position)
    own_start = position + REQUEST_PREFIX_BYTES + shared_bytes
    body_start = own_start + own_bytes
    end = position + 4 + length
    if frame_type != REQUEST or body_start > end or length > MAX_FRAME_BYTES:
        raise FrameError("a request was expected, with its environ inside its frame")
    if flags >= REQUEST_STREAMED and (flags != REQUEST_STREAMED or body_start != end):
        raise FrameError("a request whose body is streamed travels alone and without it")
    if end > len(data):
        return None
    shared = data[position + REQUEST_PREFIX_BYTES : own_start]
    return (flags, shared, data[own_start:body_start], data[body_start:end]), end


def missing_body(data: bytes, position: int) -> int:
    """How many bytes the `request` frame that starts at `position` lacks of its body; 0 where even more is missing."""
    if len(data) - position < REQUEST_PREFIX_BYTES:
        return 0
    length, _, _, shared_bytes, own_bytes = _request.unpack_from(data, position)
    if len(data) < position + REQUEST_PREFIX_BYTES + shared_bytes + own_bytes:
        return 0
    return int(position + 4 + length - len(data))


def _check_prefix(data: bytes, position: int) -> None:
    end = frame_end(data, position)
    if end is not None and end < position + REQUEST_PREFIX_BYTES:
        raise FrameError("a request frame is too short for its own fields")


def decode_file_taken(payload: bytes) -> bool:
    if payload not in (b"\x00", b"\x01"):
        raise FrameError("file-taken holds one byte, 0 or 1")
    return payload == b"\x01"


def decode_input(frame_type: int, payload: bytes) -> bytes:
    """The bytes that an `input` or `input-end` frame brings; none at the end of the body."""
    is_end = frame_type == INPUT_END
    if not (is_end or frame_type == INPUT) or is_end != (not payload):
        raise FrameError("input was expected, or its end")
    return payload


def decode_revoke(payload: bytes) -> int:
    if len(payload) != _u16.size:
        raise FrameError("revoke holds the number of a link")
    return int(_u16.unpack(payload)[0])


def decode_interrupt(payload: bytes) -> Tuple[int, int]:
    """The link and the opening that an `interrupt` speaks of."""
    if len(payload) != _interrupt.size:
        raise FrameError("interrupt holds the number of a link and of an opening")
    link, opening = _interrupt.unpack(payload)
    return link, opening


def decode_stacks(payload: bytes) -> int:
    if len(payload) != _u32.size:
        raise FrameError("stacks holds a number")
    return int(_u32.unpack(payload)[0])


def decode_fork(payload: bytes) -> int:
    if len(payload) != _u32.size:
        raise FrameError("fork holds the number of a worker")
    return int(_u32.unpack(payload)[0])


def encode_link_hello(worker: int, link: int, opening: int) -> bytes:
    return _hello.pack(11, LINK_HELLO, worker, link, opening)


def make_head(status: int, flags: int, content_length: int, block: bytes) -> Head:
    """A head with `block`: the reason phrase, then names and values, each ended by NUL."""
    return Head(status, flags, content_length, _head.pack(status, flags, content_length, len(block)) + block)


def decode_head(data: bytes) -> Tuple[Head, int]:
    """The head that `data` begins with, and where it ends."""
    status, flags, content_length, block_bytes = _head.unpack_from(data)
    end = _head.size + block_bytes
    return Head(status, flags, content_length, data[:end]), end


def head_block(head: Head) -> bytes:
    return head.encoded[_head.size :]


def encode_response(head: Head, micros: int, body: bytes) -> Tuple[bytes, bytes, bytes]:
    """A `response` frame in parts, which are joined once, with the other frames of the batch."""
    encoded = head[3]
    fixed = _end.pack(5 + len(encoded) + len(body), RESPONSE, micros if micros < _MAX_U32 else _MAX_U32)
    return fixed, encoded, body


def encode_response_head(head: Head) -> bytes:
    return _prefix.pack(1 + len(head.encoded), RESPONSE_HEAD) + head.encoded


def encode_body(data: bytes) -> List[Bytes]:
    """`body` frames for `data`, in parts that are not copied: one frame, or as many as it takes."""
    if len(data) <= MAX_BODY_BYTES:
        return [_prefix.pack(1 + len(data), BODY), data]
    whole = memoryview(data)
    parts: List[Bytes] = []
    for start in range(0, len(data), MAX_BODY_BYTES):
        piece = whole[start : start + MAX_BODY_BYTES]
        parts += (_prefix.pack(1 + len(piece), BODY), piece)
    return parts


def encode_file(offset: int, size: int, path: bytes) -> bytes:
    return _file.pack(17 + len(path), FILE, offset, size) + path


def encode_end(micros: int) -> bytes:
    return _end.pack(5, END, min(micros, _MAX_U32))


def encode_abort(micros: int) -> bytes:
    return _end.pack(5, ABORT, min(micros, _MAX_U32))


def encode_failure(micros: int, kind: int, text: str) -> bytes:
    encoded = _encode_text(text)
    return _failure.pack(6 + len(encoded), FAILURE, min(micros, _MAX_U32), kind) + encoded


def encode_log(level: int, text: str) -> bytes:
    encoded = _encode_text(text)
    return _log.pack(2 + len(encoded), LOG, level) + encoded


def encode_want(max_bytes: int) -> bytes:
    return _want.pack(5, WANT, max_bytes)


def encode_revoked(link: int, count: int) -> bytes:
    return _revoked.pack(5, REVOKED, link, count)


def encode_forked(worker: int, pid: int) -> bytes:
    return _forked.pack(9, FORKED, worker, pid)


def encode_fork_failed(worker: int, reason: str) -> bytes:
    encoded = _encode_text(reason)
    return _fork_failed.pack(5 + len(encoded), FORK_FAILED, worker) + encoded


def encode_ended(worker: int, pid: int, status: int) -> bytes:
    return _ended.pack(13, ENDED, worker, pid, status)


def encode_control(frame_type: int, payload: bytes) -> bytes:
    return _prefix.pack(1 + len(payload), frame_type) + payload


def _encode_text(text: str) -> bytes:
    # A log line may quote undecodable input (lone surrogates), and must not grow past a frame.
    return text.encode("utf-8", "backslashreplace")[: MAX_FRAME_BYTES // 2]
