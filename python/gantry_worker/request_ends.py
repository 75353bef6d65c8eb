"""What ends a request in the middle of its application, when nobody waits for the answer any more."""

from __future__ import annotations


class LinkClosed(ConnectionError):
    """The front closed the link: the client is gone, or the worker is to end."""


class RequestTimeout(BaseException):
    """Raised in the middle of an application whose time for a request is up (`--request-timeout`, `--response-idle-timeout`).

    Not an Exception, as it is no fault of the code that it hits: `except Exception` must not keep the thread from coming back.
    """

    def __str__(self) -> str:
        return "the time of the request is up; its client has been answered"
