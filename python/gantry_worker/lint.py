"""Stands in front of an application (`--lint`) and says, once for each path, where it does not keep to PEP 3333.

What goes through stays what it is, and nothing is raised: a finding is a warning in the log. src/lint/ is its twin for
TypeScript; the words of a finding are those of src/lint/finding.ts, which reads them back.
"""

from __future__ import annotations

import threading
from typing import Any, Callable, Dict, Iterable, Iterator, Optional, Set
from urllib.parse import quote

from .file_wrapper import FileWrapper
from .lint_faults import Fault, declared_length, environ_faults, head_faults, shown, status_code
from .lint_rules import RULES

# Paths come from clients: more of them that break the same rule are no news, but a way to flood the log.
_MAX_PATHS_PER_RULE = 20
_MAX_PATH_CHARACTERS = 200

Environ = Dict[str, Any]
# Whether a rule (its code) was not yet told of a path.
IsNews = Callable[[str, str], bool]


def lint(application: Callable[..., Any]) -> Callable[..., Any]:
    """An application that does as `application` does, and reports what it does wrong."""
    return _LintedApplication(application)


class _LintedApplication:
    def __init__(self, application: Callable[..., Any]) -> None:
        # What the server says of the application names it as ever.
        self.__qualname__ = getattr(application, "__qualname__", None) or type(application).__qualname__
        self._application = application
        self._told: Dict[str, Set[str]] = {}
        self._telling = threading.Lock()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Any:
        watch = RequestWatch(environ, start_response, self._is_news)
        watch.look(environ_faults, environ)
        environ["wsgi.input"] = _WatchedInput(environ["wsgi.input"], watch)
        environ["wsgi.errors"] = _WatchedErrors(environ["wsgi.errors"], watch)
        return watch.result(self._application(environ, watch.start_response))

    def _is_news(self, code: str, path: str) -> bool:
        with self._telling:
            paths = self._told.setdefault(code, set())
            if path in paths or len(paths) >= _MAX_PATHS_PER_RULE:
                return False
            paths.add(path)
            return True


class RequestWatch:
    """One request and its answer under watch."""

    def __init__(self, environ: Environ, start_response: Callable[..., Any], is_news: IsNews) -> None:
        self._method = environ["REQUEST_METHOD"]
        self._path = _path_of(environ)
        self._tell: Callable[[str], None] = environ["wsgi.errors"].warn
        self._start_response = start_response
        self._is_news = is_news
        self._start_called = False
        self._has_returned = False
        # What was given to start_response was raised again, for the headers were sent already.
        self._is_late = False
        self._bodiless = False
        self._declared = -1
        self._bytes = 0

    def found(self, code: str, seen: str) -> None:
        if self._is_news(code, self._path):
            severity, text, source, requirements = RULES[code]
            sources = "; ".join((source, *requirements))
            self._tell(f"lint: {code} {severity} at {self._method} {self._path}: {text} ({sources}): {seen}")

    def look(self, check: Callable[..., Iterable[Fault]], *arguments: object) -> None:
        """Tells what a check sees."""
        try:
            faults = list(check(*arguments))
        except Exception:
            return  # what an application gives may raise when it is looked at; the server will meet the same, and say so
        for code, seen in faults:
            self.found(code, seen)

    def start_response(self, *arguments: Any, **keywords: Any) -> Callable[[bytes], None]:
        exc_info = keywords.get("exc_info", arguments[2] if len(arguments) > 2 else None)
        self.look(self._start_faults, arguments, keywords)
        try:
            return self._watched(self._start_response(*arguments, **keywords))
        except BaseException as error:
            if exc_info and error is exc_info[1]:
                self._is_late = True
            raise
        finally:
            arguments, keywords, exc_info = (), {}, None  # no reference cycle through this frame (W23)

    def result(self, result: Any) -> Any:
        """Looks at what the application returned. Returns it, or what gives the same blocks."""
        self._has_returned = True
        if result is None:
            self.found("LINT_RESULT_NONE", "None")
            self.ended()
        elif isinstance(result, (str, bytes, bytearray)) or not _is_iterable(result):
            self.found("LINT_RESULT_TYPE", shown(result))
        elif type(result) in (list, tuple):
            # Without start_response there is no first block that it could have come before.
            for data in result if self._start_called else ():
                self.block(data)
            self.ended()
        elif not isinstance(result, FileWrapper):  # that one the server sends in a way of its own
            has_length = hasattr(type(result), "__len__")
            return (_SizedBlocks if has_length else _Blocks)(result, self)
        return result

    def block(self, data: Any) -> None:
        if not self._start_called:
            self.found("LINT_START_LATE", "a block came before it")
        self._see_data(data)

    def ended(self) -> None:
        """The answer has come to its end."""
        if not self._start_called:
            self.found("LINT_START_MISSING", "it was not called")
        if self._is_late:
            self.found("LINT_EXC_SWALLOWED", "the answer went on")
        elif self._bytes < self._expected():
            self.found("LINT_LENGTH_SHORT", f"{self._bytes} of {self._declared} bytes")

    def _start_faults(self, arguments: Any, keywords: Dict[str, Any]) -> Iterator[Fault]:
        given = {**dict(zip(("status", "headers", "exc_info"), arguments)), **keywords}
        status, headers, exc_info = given.get("status"), given.get("headers"), given.get("exc_info")
        was_called, self._start_called = self._start_called, True
        self._bodiless = status_code(status) in (204, 304)
        self._declared = declared_length(headers)
        if keywords:
            yield Fault("LINT_START_KEYWORD", ", ".join(keywords))
        if was_called and not exc_info:
            yield Fault("LINT_START_TWICE", shown(status))
        if exc_info is not None and not _is_exc_info(exc_info):
            yield Fault("LINT_EXC_INFO", shown(exc_info))
        yield from head_faults(status, headers)

    def _watched(self, write: Callable[[bytes], None]) -> Callable[[bytes], None]:
        def watched_write(data: bytes) -> None:
            self.found("LINT_WRITE_USED", "it was called")
            if self._has_returned:
                self.found("LINT_WRITE_LATE", "it was called when the application had returned")
            self._see_data(data)
            write(data)

        return watched_write

    def _see_data(self, data: Any) -> None:
        if type(data) is not bytes:
            self.found("LINT_BLOCK_TYPE", shown(data))
        if not isinstance(data, bytes) or not data:
            return
        if self._bodiless and self._method != "HEAD":
            self.found("LINT_BODY_FORBIDDEN", f"{len(data)} bytes")
        self._bytes += len(data)
        expected = self._expected()
        if 0 <= expected < self._bytes:
            self.found("LINT_LENGTH_LONG", f"{self._bytes} bytes or more, {expected} declared")

    def _expected(self) -> int:
        """The bytes that the body should have; -1 where it has no length, or goes nowhere."""
        return -1 if self._bodiless or self._is_late or self._method == "HEAD" else self._declared


class _Blocks:
    """What an application returned: the same blocks, one by one as they are asked for."""

    def __init__(self, blocks: Any, watch: RequestWatch) -> None:
        self._blocks = blocks
        self._watch = watch
        self._iterator: Optional[Iterator[Any]] = None
        self._count = 0
        self._is_closed = False

    def __iter__(self) -> Iterator[Any]:
        self._iterator = iter(self._blocks)
        return self

    def __next__(self) -> Any:
        if self._is_closed:
            self._watch.found("LINT_RESULT_CLOSED", "a block was asked for after close()")
        try:
            data = next(self._iterator if self._iterator is not None else self._blocks)
        except StopIteration:
            self._ended()
            raise
        self._count += 1
        self._watch.block(data)
        return data

    def close(self) -> None:
        self._is_closed = True
        close = getattr(self._blocks, "close", None)
        if close is not None:
            close()

    def __del__(self) -> None:
        if not self._is_closed and hasattr(self._blocks, "close"):
            self._watch.found("LINT_RESULT_OPEN", "nobody called close()")

    def _ended(self) -> None:
        self._watch.ended()


class _SizedBlocks(_Blocks):
    """The same, where the server can tell how many there are (W42)."""

    def __len__(self) -> int:
        return len(self._blocks)

    def __iter__(self) -> Iterator[Any]:
        try:
            self._length = len(self._blocks)
        except Exception:
            self._length = -1  # the server asks as well, and treats it as it is
        return super().__iter__()

    def _ended(self) -> None:
        if self._length not in (-1, self._count):
            self._watch.found("LINT_RESULT_LENGTH", f"{self._count} blocks, and a length of {self._length}")
        super()._ended()


class _WatchedInput:
    """`wsgi.input`: everything it has, with an eye on who uses what only Gantry has."""

    def __init__(self, stream: Any, watch: RequestWatch) -> None:
        self._stream = stream
        self._watch = watch
        self.read = stream.read
        self.readline = stream.readline
        self.readlines = stream.readlines

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._stream)

    def __next__(self) -> bytes:
        data: bytes = next(self._stream)
        return data

    def __enter__(self) -> _WatchedInput:
        self._stream.__enter__()
        return self

    def __exit__(self, *details: Any) -> None:
        self._watch.found("LINT_INPUT_CLOSED", "a with statement closed it")
        self._stream.__exit__(*details)

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._stream, name)
        # To look whether it is there harms nobody.
        return self._watched(name, attribute) if callable(attribute) else attribute

    def _watched(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        code = "LINT_INPUT_CLOSED" if name in ("close", "detach") else "LINT_INPUT_METHOD"

        def watched_method(*arguments: Any, **keywords: Any) -> Any:
            self._watch.found(code, f"{name}() was called")
            return method(*arguments, **keywords)

        return watched_method


class _WatchedErrors:
    """`wsgi.errors`: everything it has."""

    def __init__(self, stream: Any, watch: RequestWatch) -> None:
        self._stream = stream
        self._watch = watch

    def write(self, text: str) -> Any:
        if not isinstance(text, str):
            self._watch.found("LINT_ERRORS_TYPE", shown(text))
        return self._stream.write(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _is_iterable(result: Any) -> bool:
    return hasattr(type(result), "__iter__") or hasattr(type(result), "__getitem__")


def _is_exc_info(exc_info: Any) -> bool:
    return type(exc_info) is tuple and len(exc_info) == 3 and isinstance(exc_info[1], BaseException)


def _path_of(environ: Environ) -> str:
    target = environ.get("REQUEST_URI")
    if not isinstance(target, str):
        path = f"{environ.get('SCRIPT_NAME', '')}{environ.get('PATH_INFO', '')}"
        target = quote(path.encode("latin-1", "replace"), safe="/-._~!$&'()*+,;=:@")
    return target.partition("?")[0].replace(" ", "%20")[:_MAX_PATH_CHARACTERS]
