"""Every rule that lint knows of Python applications. Codes are stable and never reused.

protocol/lint-rules.json holds the same for the tests of both languages; src/lint/rules.ts is this table's twin.
"""

from __future__ import annotations

from typing import Dict, NamedTuple, Tuple


class Rule(NamedTuple):
    """One rule of PEP 3333, of HTTP or of the server: `text` says how it should be, `source` where that is written.

    `severity` is "violation" where a rule is broken, "advice" for a "should" and for what other servers and tools mind.
    """

    severity: str
    text: str
    source: str
    requirements: Tuple[str, ...]


def _violation(source: str, text: str, *requirements: str) -> Rule:
    return Rule("violation", text, source, requirements)


def _advice(source: str, text: str, *requirements: str) -> Rule:
    return Rule("advice", text, source, requirements)


RULES: Dict[str, Rule] = {
    "LINT_ENVIRON_DICT": _violation(
        'PEP 3333, "Specification Details"', "The environ is a builtin dict, or a plain object.", "W10"
    ),
    "LINT_ENVIRON_MISSING": _violation(
        'PEP 3333, "environ Variables"', "The environ has every variable that the interface requires.", "W11", "W14"
    ),
    "LINT_ENVIRON_STRING": _violation(
        'PEP 3333, "environ Variables"', "CGI and HTTP_ variables are strings of latin-1 characters.", "W12"
    ),
    "LINT_ENVIRON_PATH": _violation(
        'PEP 3333, "environ Variables"',
        'SCRIPT_NAME and PATH_INFO are empty or begin with a slash, and SCRIPT_NAME is not "/".',
        "W18",
    ),
    "LINT_ENVIRON_CONTENT": _violation(
        'PEP 3333, "environ Variables"',
        "CONTENT_LENGTH is digits, and CONTENT_TYPE and CONTENT_LENGTH have no twins with HTTP_.",
        "W11",
    ),
    "LINT_ENVIRON_WSGI": _violation(
        'PEP 3333, "environ Variables"', "The wsgi. variables are what the interface says.", "W14"
    ),
    "LINT_INPUT_CLOSED": _violation(
        'PEP 3333, "Input and Error Streams"', "The application does not close wsgi.input.", "W15"
    ),
    "LINT_INPUT_METHOD": _violation(
        'PEP 3333, "Input and Error Streams"',
        "Of wsgi.input only read, readline, readlines and the iteration are used.",
        "W15",
    ),
    "LINT_ERRORS_TYPE": _violation(
        'PEP 3333, "Input and Error Streams"', "What is written to wsgi.errors is a string.", "W17"
    ),
    "LINT_START_MISSING": _violation(
        'PEP 3333, "Specification Details"', "start_response is called before the answer ends.", "W26"
    ),
    "LINT_START_LATE": _violation(
        'PEP 3333, "Specification Details"', "start_response is called before the first block is given.", "W7", "W25"
    ),
    "LINT_START_TWICE": _violation(
        'PEP 3333, "The start_response() Callable"', "start_response is called again only with exc_info.", "W21"
    ),
    "LINT_START_KEYWORD": _violation(
        'PEP 3333, "The start_response() Callable"', "The arguments of start_response are given by position.", "W20"
    ),
    "LINT_EXC_INFO": _violation(
        'PEP 3333, "The start_response() Callable"',
        "exc_info is what was caught: the tuple of sys.exc_info(), or an Error.",
        "W22",
    ),
    "LINT_EXC_SWALLOWED": _violation(
        'PEP 3333, "Error Handling"', "What start_response raises when it is given exc_info is not caught.", "W23"
    ),
    "LINT_STATUS_TYPE": _violation('PEP 3333, "The start_response() Callable"', "The status is a string.", "W27"),
    "LINT_STATUS_FORM": _violation(
        'PEP 3333, "The start_response() Callable"',
        "The status is a number from 200 to 599, one space and a reason in latin-1 without control characters.",
        "W27",
    ),
    "LINT_STATUS_INTERIM": _violation("RFC 9110 §15.2", "The final status is not an interim one (1xx).", "W27"),
    "LINT_STATUS_REASON": _advice(
        'PEP 3333, "The start_response() Callable"',
        "The status has a reason; other servers may refuse one without.",
        "W27",
    ),
    "LINT_HEADERS_LIST": _violation(
        'PEP 3333, "The start_response() Callable"', "The response headers are a list.", "W28"
    ),
    "LINT_HEADER_PAIR": _violation(
        'PEP 3333, "The start_response() Callable"', "Each response header is a pair of two strings.", "W28"
    ),
    "LINT_HEADER_NAME": _violation(
        'PEP 3333, "The start_response() Callable"',
        'The name of a header is a token (RFC 9110 §5.6.2) that does not end in "-" or "_".',
        "W28",
    ),
    "LINT_HEADER_STATUS": _violation(
        "RFC 3875 §6.3.3", "There is no header with the name Status, in which CGI has the status.", "W28"
    ),
    "LINT_HEADER_VALUE": _violation(
        'PEP 3333, "Unicode Issues"', "The value of a header is latin-1 characters without control characters.", "W28"
    ),
    "LINT_HEADER_SPACE": _advice(
        "RFC 9110 §5.5", "The value of a header neither begins nor ends with whitespace.", "W28"
    ),
    "LINT_HEADER_HOP": _violation(
        'PEP 3333, "Other HTTP Features"', "Hop-by-hop headers belong to the server, not to the application.", "W29"
    ),
    "LINT_HEADER_REPEATED": _violation("RFC 9110 §5.3", "A header that has one value is given once.", "W28"),
    "LINT_HEADER_REQUIRED": _violation(
        "RFC 9110 §15", "206 has a Content-Range, 401 a WWW-Authenticate and 405 an Allow header."
    ),
    "LINT_CONTENT_TYPE_MISSING": _advice("RFC 9110 §8.3", "An answer other than 204 and 304 has a Content-Type."),
    "LINT_CONTENT_TYPE_UNUSED": _advice("wsgiref.validate", "A 204 or 304 has no Content-Type."),
    "LINT_LENGTH_FORM": _violation("RFC 9110 §8.6", "Content-Length is digits.", "W28"),
    "LINT_LENGTH_UNUSED": _advice("RFC 9110 §8.6", "A 204 has no Content-Length; Gantry leaves it out.", "W43"),
    "LINT_LENGTH_SHORT": _violation(
        'PEP 3333, "Handling the Content-Length Header"',
        "The body has as many bytes as its Content-Length says, not fewer.",
        "W41",
    ),
    "LINT_LENGTH_LONG": _violation(
        'PEP 3333, "Handling the Content-Length Header"',
        "The body has as many bytes as its Content-Length says, not more.",
        "W41",
    ),
    "LINT_RESULT_NONE": _violation(
        'PEP 3333, "Specification Details"', "The application returns an iterable; without a body, an empty one.", "W4"
    ),
    "LINT_RESULT_TYPE": _violation(
        'PEP 3333, "Specification Details"',
        "What the application returns is an iterable of blocks of bytes, not the bytes or a string.",
        "W3",
        "W5",
    ),
    "LINT_RESULT_LENGTH": _violation(
        'PEP 3333, "Specification Details"', "The length of the iterable is the number of its blocks.", "W42"
    ),
    "LINT_RESULT_OPEN": _violation(
        'PEP 3333, "Specification Details"', "The iterable is closed when the request is over, however it ended.", "W45"
    ),
    "LINT_RESULT_CLOSED": _violation(
        'PEP 3333, "Specification Details"', "No block is asked for once the iterable was closed.", "W45"
    ),
    "LINT_BLOCK_TYPE": _violation(
        'PEP 3333, "Specification Details"', "What is yielded, and what is given to write(), is bytes.", "W5"
    ),
    "LINT_BODY_FORBIDDEN": _violation("RFC 9110 §6.4.1", "A 204 or 304 has no body.", "W43"),
    "LINT_WRITE_USED": _advice(
        'PEP 3333, "The write() Callable"', "New applications do not use write(): their result has the body.", "W6"
    ),
    "LINT_WRITE_LATE": _violation(
        'PEP 3333, "The write() Callable"', "write() is not called from within the iterable.", "W6"
    ),
    "LINT_WSGIREF": _violation("wsgiref.validate", "The standard library's own checks find nothing.", "W70"),
}
