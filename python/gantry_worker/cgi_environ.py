"""The strings of a CGI program's environ: the process's environment (RFC 3875) as PEP 3333 wants it.

Pure; its twin is src/gateways/cgi/cgi-environ.ts, and both are tested against test/gateways/cgi/environ-cases.json.
"""

from __future__ import annotations

from typing import Dict, Mapping, Optional

# In the order of RFC 3875 §4.1. What a web server leaves out has these values.
_DEFAULTS = (
    ("PATH_INFO", ""),
    ("QUERY_STRING", ""),
    ("SCRIPT_NAME", ""),
    ("SERVER_NAME", "localhost"),
    ("SERVER_PROTOCOL", "HTTP/1.0"),
)
# These have keys of their own, or speak of the client's connection; HTTP_PROXY would be taken for a setting ("httpoxy").
_DROPPED = ("HTTP_CONTENT_LENGTH", "HTTP_CONTENT_TYPE", "HTTP_PROXY", "HTTP_TRANSFER_ENCODING")
# RFC 3986 §3.3: what stands in a path as it is.
_PATH_CHARACTERS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/")


class NotCgi(Exception):
    """The environment is not that of a CGI program."""


class BadRequest(Exception):
    """The environment describes a request that cannot be served."""


def cgi_strings(variables: Mapping[bytes, bytes], script_name: Optional[str] = None) -> Dict[str, str]:
    """All strings of the environ, one character a byte. `script_name` takes the place of SCRIPT_NAME (`--script-name`).

    Raises NotCgi or BadRequest.
    """
    strings = {key.decode("latin-1"): value.decode("latin-1") for key, value in variables.items()}
    if not strings.get("REQUEST_METHOD"):
        raise NotCgi("the environment has no REQUEST_METHOD, so it is no request (RFC 3875)")
    for key in _DROPPED:
        strings.pop(key, None)
    for key in [key for key in strings if key.startswith("wsgi.")]:
        del strings[key]
    for key, value in _DEFAULTS:
        strings.setdefault(key, value)
    for key in ("CONTENT_LENGTH", "CONTENT_TYPE"):
        if strings.get(key) == "":  # as many servers say that there is none
            del strings[key]
    content_length(strings)
    _put_scheme(strings)
    if script_name is not None:
        _mount(strings, script_name)
    if not strings.get("REQUEST_URI"):
        strings["REQUEST_URI"] = _target(strings)
    strings["RAW_URI"] = strings["REQUEST_URI"]
    return strings


def content_length(strings: Mapping[str, str]) -> int:
    """How many bytes of the standard input are the request's body. Raises BadRequest."""
    text = strings.get("CONTENT_LENGTH", "0")
    # isdigit alone would take digits that int() takes too, and nobody else.
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise BadRequest(f"CONTENT_LENGTH is {text!r}, which is no number of bytes")
    return int(text)


def _put_scheme(strings: Dict[str, str]) -> None:
    is_secure = strings.pop("HTTPS", "").lower() in ("on", "1")
    if is_secure:
        strings["HTTPS"] = "on"
    strings["wsgi.url_scheme"] = "https" if is_secure else "http"
    strings.setdefault("SERVER_PORT", "443" if is_secure else "80")


def _mount(strings: Dict[str, str], script_name: str) -> None:
    path = strings["PATH_INFO"]
    if script_name and f"{path}/".startswith(f"{script_name}/"):
        strings["PATH_INFO"] = path[len(script_name) :]
    strings["SCRIPT_NAME"] = script_name


def _target(strings: Dict[str, str]) -> str:
    path = (strings["SCRIPT_NAME"] + strings["PATH_INFO"]).encode("latin-1")
    encoded = "".join(chr(byte) if byte in _PATH_CHARACTERS else f"%{byte:02X}" for byte in path)
    query = strings["QUERY_STRING"]
    return f"{encoded or '/'}?{query}" if query else encoded or "/"
