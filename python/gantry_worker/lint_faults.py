"""What is wrong with an environ, and with the status and headers that an application gives to start_response.

Its twins are src/lint/environ-faults.ts and head-faults.ts. Where these checks find nothing, the standard library's are
asked too; what it knows of exc_info, the Content-Type and the result is no more than what is known here.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Sequence, Tuple
from wsgiref import validate

from .response_head import HOP_BY_HOP


class Fault(NamedTuple):
    """A breach of the rule with that code, and what was there instead."""

    code: str
    seen: str


Pair = Tuple[str, str]

_REQUIRED_VARIABLES = (
    "REQUEST_METHOD",
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "wsgi.version",
    "wsgi.url_scheme",
    "wsgi.input",
    "wsgi.errors",
    "wsgi.multithread",
    "wsgi.multiprocess",
    "wsgi.run_once",
)
_STREAM_METHODS = {
    "wsgi.input": ("read", "readline", "readlines", "__iter__"),
    "wsgi.errors": ("flush", "write", "writelines"),
}
# With other methods, and without QUERY_STRING, the standard library's check writes warnings to stderr.
_METHODS_OF_VALIDATE = frozenset(("GET", "HEAD", "POST", "OPTIONS", "PATCH", "PUT", "DELETE", "TRACE"))
# RFC 9110: fields whose value is no list.
_SINGLE = frozenset(
    (
        "age",
        "content-length",
        "content-location",
        "content-range",
        "content-type",
        "date",
        "etag",
        "expires",
        "last-modified",
        "location",
        "retry-after",
        "server",
    )
)
_REQUIRED_HEADERS = {206: "content-range", 401: "www-authenticate", 405: "allow"}

_cgi_name = re.compile(r"[A-Z][A-Z0-9_]*").fullmatch
_status = re.compile(r"[2-5][0-9]{2} [^ ](?:.*[^ ])?", re.DOTALL).fullmatch
_without_reason = re.compile(r"[2-5][0-9]{2} ?").fullmatch
_interim = re.compile(r"1[0-9]{2}(?: |\Z)").match
_code = re.compile(r"[0-9]{3}").match
_name = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]*[!#$%&'*+.^`|~0-9A-Za-z]").fullmatch
# RFC 9110 §5.5 lets a tab stand in a value.
_value = re.compile(r"[\t\x20-\x7e\x80-\xff]*").fullmatch
_text = re.compile(r"[\x20-\x7e\x80-\xff]*").fullmatch
_digits = re.compile(r"[0-9]+").fullmatch
_MAX_CHARACTERS = 120


def shown(value: object) -> str:
    """A value in one short line, whatever its repr does."""
    try:
        text = repr(value[:_MAX_CHARACTERS] if isinstance(value, (str, bytes)) else value)
    except Exception:
        text = f"a {type(value).__name__} that cannot be shown"
    text = " ".join(text.splitlines())
    return text if len(text) <= _MAX_CHARACTERS else text[: _MAX_CHARACTERS - 1] + "…"


def environ_faults(environ: Any) -> List[Fault]:
    """Checks the environ that an application is given."""
    faults = [*_own_environ_faults(environ)]
    if not faults and environ["REQUEST_METHOD"] in _METHODS_OF_VALIDATE:
        faults += _asked(validate.check_environ, environ)
    return faults


def head_faults(status: object, headers: object) -> List[Fault]:
    """Checks what start_response was given."""
    faults = [*_status_faults(status)]
    if not faults:
        faults += _asked(validate.check_status, status)
    if type(headers) is not list:
        return [*faults, Fault("LINT_HEADERS_LIST", shown(headers))]
    pairs = [header for header in headers if _is_pair(header)]
    in_headers = [Fault("LINT_HEADER_PAIR", shown(header)) for header in headers if not _is_pair(header)]
    for pair in pairs:
        in_headers += _pair_faults(*pair)
    in_headers += _repeated_faults(pairs)
    if not in_headers:
        in_headers += _asked(validate.check_headers, headers)
    return [*faults, *in_headers, *_together_faults(status_code(status), pairs)]


def status_code(status: object) -> int:
    """The number that a status begins with; 0 for none."""
    return int(status[:3]) if isinstance(status, str) and _code(status) else 0


def declared_length(headers: object) -> int:
    """The declared length of the body; -1 without one, or with one that is none."""
    pairs = [header for header in headers if _is_pair(header)] if type(headers) is list else []
    value = _value_of(pairs, "content-length")
    return int(value) if value is not None and _digits(value) else -1


def _own_environ_faults(environ: Any) -> Iterator[Fault]:
    if type(environ) is not dict:
        yield Fault("LINT_ENVIRON_DICT", type(environ).__name__)
    missing = [key for key in _REQUIRED_VARIABLES if key not in environ]
    if missing:
        yield Fault("LINT_ENVIRON_MISSING", f"no {', '.join(missing)}")
    for key, value in list(environ.items()):
        if _cgi_name(key) and not _is_native(value):
            yield Fault("LINT_ENVIRON_STRING", f"{key} is {shown(value)}")
    for key in ("SCRIPT_NAME", "PATH_INFO"):
        path = environ.get(key)
        if isinstance(path, str) and path and (path[0] != "/" or (key == "SCRIPT_NAME" and path == "/")):
            yield Fault("LINT_ENVIRON_PATH", f"{key} is {shown(path)}")
    yield from _content_faults(environ)
    yield from _wsgi_faults(environ)


def _content_faults(environ: Dict[str, Any]) -> Iterator[Fault]:
    for key in ("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"):
        if key in environ:
            yield Fault("LINT_ENVIRON_CONTENT", f"there is {key}")
    length = environ.get("CONTENT_LENGTH")
    if isinstance(length, str) and length and not _digits(length):
        yield Fault("LINT_ENVIRON_CONTENT", f"CONTENT_LENGTH is {shown(length)}")


def _wsgi_faults(environ: Dict[str, Any]) -> Iterator[Fault]:
    version, scheme = environ.get("wsgi.version", (1, 0)), environ.get("wsgi.url_scheme", "http")
    if type(version) is not tuple or version != (1, 0):
        yield Fault("LINT_ENVIRON_WSGI", f"wsgi.version is {shown(version)}")
    if scheme not in ("http", "https"):
        yield Fault("LINT_ENVIRON_WSGI", f"wsgi.url_scheme is {shown(scheme)}")
    for key, methods in _STREAM_METHODS.items():
        missing = [method for method in methods if key in environ and not hasattr(environ[key], method)]
        if missing:
            yield Fault("LINT_ENVIRON_WSGI", f"{key} has no {', '.join(missing)}")


def _is_native(value: object) -> bool:
    return type(value) is str and (value.isascii() or max(value) <= "\xff")


def _status_faults(status: object) -> Iterator[Fault]:
    if not isinstance(status, str):
        yield Fault("LINT_STATUS_TYPE", shown(status))
    elif _interim(status):
        yield Fault("LINT_STATUS_INTERIM", shown(status))
    elif _without_reason(status):
        yield Fault("LINT_STATUS_REASON", shown(status))
    elif not (_status(status) and _text(status)):
        yield Fault("LINT_STATUS_FORM", shown(status))


def _is_pair(header: object) -> bool:
    return isinstance(header, tuple) and len(header) == 2 and all(isinstance(part, str) for part in header)


def _pair_faults(name: str, value: str) -> Iterator[Fault]:
    lower = name.lower()
    if not _name(name):
        yield Fault("LINT_HEADER_NAME", shown(name))
    if lower == "status":
        yield Fault("LINT_HEADER_STATUS", f"{name}: {shown(value)}")
    if lower in HOP_BY_HOP:
        yield Fault("LINT_HEADER_HOP", f"{name}: {shown(value)}")
    if not _value(value):
        yield Fault("LINT_HEADER_VALUE", f"{shown(name)}: {shown(value)}")
    if value and (value[0] in " \t" or value[-1] in " \t"):
        yield Fault("LINT_HEADER_SPACE", f"{shown(name)}: {shown(value)}")
    if lower == "content-length" and not _digits(value):
        yield Fault("LINT_LENGTH_FORM", shown(value))


def _repeated_faults(pairs: Sequence[Pair]) -> Iterator[Fault]:
    names = [name.lower() for name, _ in pairs]
    for name in dict.fromkeys(names):
        if name in _SINGLE and names.count(name) > 1:
            yield Fault("LINT_HEADER_REPEATED", name)


def _together_faults(code: int, pairs: Sequence[Pair]) -> Iterator[Fault]:
    """What depends on status and headers together."""
    if code == 0:
        return
    content_type, length = _value_of(pairs, "content-type"), _value_of(pairs, "content-length")
    if code in (204, 304) and content_type is not None:
        yield Fault("LINT_CONTENT_TYPE_UNUSED", f"{shown(content_type)} in a {code}")
    if code not in (204, 304) and content_type is None:
        yield Fault("LINT_CONTENT_TYPE_MISSING", f"none in a {code}")
    if code == 204 and length is not None:
        yield Fault("LINT_LENGTH_UNUSED", shown(length))
    # The parts of an answer with several ranges say which they are, each by itself.
    in_parts = code == 206 and (content_type or "").lower().startswith("multipart/byteranges")
    required = _REQUIRED_HEADERS.get(code)
    if required is not None and _value_of(pairs, required) is None and not in_parts:
        yield Fault("LINT_HEADER_REQUIRED", f"a {code} without {required}")


def _value_of(pairs: Sequence[Pair], wanted: str) -> Any:
    return next((value for name, value in pairs if name.lower() == wanted), None)


def _asked(check: Callable[..., None], *arguments: object) -> List[Fault]:
    """What a check of wsgiref.validate says."""
    try:
        check(*arguments)
    except AssertionError as error:
        return [Fault("LINT_WSGIREF", " ".join(str(error).splitlines())[:_MAX_CHARACTERS])]
    return []
