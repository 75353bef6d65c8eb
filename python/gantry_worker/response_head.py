"""Status and header list of a response: checked as PEP 3333 and RFC 9110 demand, then made into the link's head.

Only this file decides which heads an application may send.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Dict, List, Tuple

from . import frames
from .frames import HEAD_HAS_DATE, HEAD_HAS_LENGTH, HEAD_HAS_SERVER, Head

# RFC 9110 §7.6.1: fields that speak about one connection, which is the server's and not the application's.
HOP_BY_HOP = frozenset(
    (
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "trailers",
        "transfer-encoding",
        "upgrade",
    )
)

_PLAIN = 0
_FLAG_OF_NAME = {"date": HEAD_HAS_DATE, "server": HEAD_HAS_SERVER, "content-length": HEAD_HAS_LENGTH}

_status = re.compile(r"([2-9][0-9]{2})(?: (.*))?", re.DOTALL).fullmatch
_interim_status = re.compile(r"1[0-9]{2}(?: .*)?", re.DOTALL).fullmatch
_token = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch
_digits = re.compile(r"[0-9]{1,18}").fullmatch
# Line ends would let a header value write headers of its own (response splitting); the other controls have no business here.
_control = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]").search
_control_but_nul = re.compile(r"[\x01-\x08\x0a-\x1f\x7f]").search

# Applications send the same few heads again and again. Both caches are bounded: what is sent may come from a client.
_MAX_CACHED = 256
_MAX_CACHED_HEAD_BYTES = 1024
_heads: Dict[Tuple[object, ...], Head] = {}
_flags: Dict[str, int] = {}


def check_head(status: str, headers: List[Tuple[str, str]]) -> Head:
    """Checks what an application gave to `start_response` and returns it as the link sends it.

    Raises AssertionError (the interface was broken) or ValueError (a status or value that cannot be sent), each with a
    message that names the offending part.
    """
    if type(headers) is not list:
        raise AssertionError(f"response headers must be a list, not {_type_name(headers)}")
    key = (status, *headers)
    try:
        return _heads[key]
    except KeyError:
        pass
    except TypeError:  # something unhashable is in there, which one of the checks will name
        key = ()
    head = _make_head(status, headers)
    if key and len(head.encoded) <= _MAX_CACHED_HEAD_BYTES:
        if len(_heads) >= _MAX_CACHED:
            _heads.clear()
        _heads[key] = head
    return head


def _make_head(status: str, headers: List[Tuple[str, str]]) -> Head:
    code, reason = _parse_status(status)
    flags, content_length = 0, 0
    strings = [reason]
    for header in headers:
        name, value = _as_pair(header)
        flag = _flag_of(name)
        if flag:
            if flag == HEAD_HAS_LENGTH:
                if code == 204:  # RFC 9110 §8.6: never in a 204
                    continue
                content_length = _parse_content_length(value, flags)
            flags |= flag
        strings += (name, value)
    strings.append("")
    block = "\0".join(strings)
    if block.count("\0") != len(strings) - 1 or _control_but_nul(block):
        _name_control_character(headers)
    try:
        return frames.make_head(code, flags, content_length, block.encode("latin-1"))
    except UnicodeEncodeError:
        raise _unencodable(headers) from None


def with_length(head: Head, length: int) -> Head:
    """`head` with a Content-Length field, unless it has one or must have none."""
    if head.flags & HEAD_HAS_LENGTH or head.status in (204, 304):
        return head
    block = frames.head_block(head) + b"Content-Length\0%d\0" % length
    return frames.make_head(head.status, head.flags | HEAD_HAS_LENGTH, length, block)


def _parse_status(status: object) -> Tuple[int, str]:
    """RFC 9112 §4: three digits, a space, a reason phrase; the standard's phrase where there is none."""
    if not isinstance(status, str):
        raise AssertionError(f"status must be a str like '200 OK', not {_type_name(status)}")
    if _interim_status(status):
        raise ValueError(f"{status!r} is an interim status (1xx) and cannot be the final one")
    match = _status(status)
    if match is None or _control(status):
        raise ValueError(f"status must be three digits, a space and a reason like '200 OK', not {status!r}")
    try:
        status.encode("latin-1")
    except UnicodeEncodeError:
        raise ValueError(f"status {status!r} holds characters outside latin-1") from None
    code = int(match.group(1))
    return code, match.group(2) or _standard_reason(code)


def _standard_reason(code: int) -> str:
    try:
        return HTTPStatus(code).phrase
    except ValueError:
        return "Unknown"


def _as_pair(header: object) -> Tuple[str, str]:
    if not isinstance(header, tuple) or len(header) != 2:
        raise AssertionError(f"each response header must be a tuple (name, value), not {header!r}")
    name, value = header
    if not isinstance(name, str):
        raise AssertionError(f"the name of response header {header!r} must be a str, not {_type_name(name)}")
    if not isinstance(value, str):
        raise AssertionError(f"the value of response header {name!r} must be a str, not {_type_name(value)}")
    return name, value


def _flag_of(name: str) -> int:
    flag = _flags.get(name)
    if flag is not None:
        return flag
    if _token(name) is None:
        raise ValueError(f"{name!r} is not a header name (a token, RFC 9110 section 5.6.2)")
    lower = name.lower()
    if lower in HOP_BY_HOP:
        raise AssertionError(f"{name!r} is a hop-by-hop header; it belongs to the server, not to the application")
    flag = _FLAG_OF_NAME.get(lower, _PLAIN)
    if len(_flags) < _MAX_CACHED:
        _flags[name] = flag
    return flag


def _parse_content_length(value: str, flags: int) -> int:
    if flags & HEAD_HAS_LENGTH:
        raise ValueError("Content-Length is given more than once")
    if _digits(value) is None:
        raise ValueError(f"Content-Length must be digits only, not {value!r}")
    return int(value)


def _name_control_character(headers: List[Tuple[str, str]]) -> None:
    for name, value in headers:
        found = _control(value)
        if found:
            raise ValueError(f"the value of response header {name!r} holds the control character {found.group()!r}")


def _unencodable(headers: List[Tuple[str, str]]) -> ValueError:
    for name, value in headers:
        if any(character > "\xff" for character in value):
            return ValueError(f"the value of response header {name!r} holds characters outside latin-1: {value!r}")
    return ValueError("the response head holds characters outside latin-1")


def _type_name(value: object) -> str:
    return type(value).__name__
