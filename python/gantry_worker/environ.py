"""The environ of each request: the strings that the front sent and the objects of PEP 3333.

Only this file makes environs. What the requests of a connection have in common is parsed once and then copied.
"""

from __future__ import annotations

from typing import Any, Dict

from .file_wrapper import FileWrapper

Environ = Dict[str, Any]

# Connections that live on at the same time, as far as they are remembered.
_MAX_REMEMBERED = 1024


def process_objects(multithread: bool, multiprocess: bool, run_once: bool) -> Environ:
    """What stands in an environ besides the request's strings and streams: what PEP 3333 wants to know of the process."""
    return {
        "wsgi.version": (1, 0),
        "wsgi.multithread": multithread,
        "wsgi.multiprocess": multiprocess,
        "wsgi.run_once": run_once,
        "wsgi.file_wrapper": FileWrapper,
        "wsgi.input_terminated": True,
    }


class EnvironMaker:
    """Makes the environs of one worker process; its threads share it."""

    def __init__(self, threads: int, multiprocess: bool) -> None:
        self._objects = process_objects(threads > 1, multiprocess, run_once=False)
        self._remembered: Dict[bytes, Environ] = {}

    def make(self, shared: bytes, own: bytes) -> Environ:
        """A new builtin dict with the strings of both blocks (protocol/link.md) and all objects but the request's streams."""
        try:
            environ = self._remembered[shared].copy()
        except KeyError:
            environ = self._remember(shared).copy()
        method, path, query, target, *pairs = own.decode("latin-1").split("\0")
        environ["REQUEST_METHOD"] = method
        environ["PATH_INFO"] = path
        environ["QUERY_STRING"] = query
        environ["REQUEST_URI"] = environ["RAW_URI"] = target
        if len(pairs) > 1:  # the block's last NUL leaves an empty string behind it
            strings = iter(pairs)
            environ.update(zip(strings, strings))
        return environ

    def _remember(self, shared: bytes) -> Environ:
        strings = iter(shared.decode("latin-1").split("\0"))
        environ: Environ = dict(zip(strings, strings))
        environ.update(self._objects)
        if len(self._remembered) >= _MAX_REMEMBERED:
            self._remembered.clear()
        self._remembered[shared] = environ
        return environ
