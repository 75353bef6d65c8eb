"""Runs an application for the one request of a CGI environment: no front, no link, one process from its start to its end."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Tuple

from . import frames
from .boot_failure import BootFailure
from .cgi_environ import BadRequest, NotCgi, cgi_strings, content_length
from .cgi_link import CgiLink
from .cgi_log import CgiLog
from .environ import Environ, process_objects
from .exchange import Exchange
from .loader import load_application, prepare_search_path
from .request_ends import LinkClosed

EXIT_FAILED = 1
EXIT_MISUSED = 2
EXIT_TERMINATED = 128 + signal.SIGTERM

USAGE = "usage: run_cgi.py [--chdir DIR] [--pythonpath DIR]... [--script-name PREFIX] [--lint] APP"

# Where Node has started this: the variables whose bytes it could not hand on as they are, `NAME=VALUE` each with a NUL, as hex digits.
_UNDECODED = b"GANTRY_CGI_UNDECODED"


class Options(NamedTuple):
    application: str
    chdir: str
    python_path: Tuple[str, ...]
    script_name: Optional[str]
    lint: bool


class Misuse(Exception):
    """The command line, or the environment, is not what it has to be."""


def main(words: List[str]) -> int:
    """Returns the exit status: 0 answered, 1 the application failed or nobody took its answer, 2 misuse."""
    answer_descriptor = _keep_standard_output()
    _restore_undecoded()
    try:
        options = parse_options(words)
        strings = cgi_strings(os.environb, options.script_name)
    except (Misuse, NotCgi) as error:
        return _misused(error)
    except BadRequest as error:
        log, link = _open(os.environ, 0, answer_descriptor)
        log.failed(str(error))
        return _answer(lambda: link.fail("400 Bad Request"), link, answer_descriptor)
    # What the application starts, or uses as a client, must not take a header of this request for a setting ("httpoxy").
    os.environ.pop("HTTP_PROXY", None)
    _take_whole_input(strings)
    log, link = _open(strings, content_length(strings), answer_descriptor)
    return _answer(lambda: _run(options, strings, link), link, answer_descriptor)


def parse_options(words: List[str]) -> Options:
    """Reads the few flags that `gantry cgi` hands on. Raises Misuse."""
    values: Dict[str, List[str]] = {"--chdir": [], "--pythonpath": [], "--script-name": []}
    application = ""
    lint = False
    rest = list(words)
    # Behind the application stand words of the query (RFC 3875 §4.4): they come from the client, and must never be flags.
    while rest and not application:
        word = rest.pop(0)
        flag, equals, attached = word.partition("=")
        if word == "--lint":
            lint = True
        elif flag in values and (equals or rest):
            values[flag].append(attached if equals else rest.pop(0))
        elif word.startswith("-"):
            raise Misuse(f"unknown or incomplete flag {word}\n  {USAGE}")
        else:
            application = word
    if not application:
        raise Misuse(f"no application is named\n  {USAGE}")
    chdir, script_name = values["--chdir"][-1:], values["--script-name"][-1:]
    mounted_at = _decoded_path(script_name[0]) if script_name else None
    return Options(application, "".join(chdir), tuple(values["--pythonpath"]), mounted_at, lint)


def _decoded_path(text: str) -> str:
    """A path of a request target, as SCRIPT_NAME has it."""
    path = os.fsencode(text)
    if b"%" in path:
        from urllib.parse import unquote_to_bytes

        path = unquote_to_bytes(path)
    return path.decode("latin-1")


def _keep_standard_output() -> int:
    """The answer has the standard output for itself: what the application prints goes where errors go."""
    for descriptor in (0, 1, 2):
        _make_sure_of(descriptor)
    kept = os.dup(1)
    os.dup2(2, 1)
    if sys.stdout is not None:
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    return kept


def _make_sure_of(descriptor: int) -> None:
    try:
        os.set_blocking(descriptor, True)
    except OSError:  # it was closed: nothing else must get its number
        os.open(os.devnull, os.O_RDWR)


def _restore_undecoded() -> None:
    digits = os.environb.pop(_UNDECODED, b"").decode("ascii")
    for pair in bytes.fromhex(digits).split(b"\0")[:-1]:
        name, _, value = pair.partition(b"=")
        os.environb[name] = value


def _take_whole_input(strings: Dict[str, str]) -> None:
    """A body that came in chunks has no CONTENT_LENGTH in CGI, and goes to the end of the input; applications know it by its length (W16)."""
    if "CONTENT_LENGTH" in strings or not os.environb.get(b"HTTP_TRANSFER_ENCODING"):
        return
    import shutil
    import tempfile

    with tempfile.TemporaryFile() as file, open(0, "rb", closefd=False) as body:
        shutil.copyfileobj(body, file)
        strings["CONTENT_LENGTH"] = str(file.tell())
        file.seek(0)
        os.dup2(file.fileno(), 0)


def _open(strings: Mapping[str, str], body_bytes: int, answer_descriptor: int) -> Tuple[CgiLog, CgiLink]:
    method, target = strings.get("REQUEST_METHOD", "-"), strings.get("REQUEST_URI", "-")
    log = CgiLog(f"{strings.get('UNIQUE_ID') or os.getpid()} {method} {target}")
    return log, CgiLink(0, answer_descriptor, body_bytes, method == "HEAD", log)


def _answer(run: Callable[[], None], link: CgiLink, answer_descriptor: int) -> int:
    is_terminated = False

    def terminate(number: int, _frame: Any) -> None:
        nonlocal is_terminated
        is_terminated = True
        signal.signal(number, signal.SIG_DFL)  # a second one does not wait
        link.cancel()

    signal.signal(signal.SIGTERM, terminate)
    try:
        run()
    except LinkClosed:
        pass  # the link has said why
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        # The client has its answer now, whatever the application still does at the end of its process.
        os.close(answer_descriptor)
        link.discard_input()
    hooks = _hooks()
    if hooks is not None:
        hooks.run_before_exit()
    if is_terminated:
        return EXIT_TERMINATED
    return EXIT_FAILED if link.has_failed else 0


def _run(options: Options, strings: Dict[str, str], link: CgiLink) -> None:
    try:
        started_in = prepare_search_path(options.chdir, options.python_path)
        application: Callable[..., Any] = load_application(options.application, started_in).application
        hooks = _hooks()
        if hooks is not None:
            hooks.run_after_fork()
    except BootFailure as failure:
        sys.stderr.write(_boot_failure_text(failure))
        link.fail("500 Internal Server Error")
        return
    if options.lint:
        from .lint import lint  # without it, nothing of it is loaded

        application = lint(application)
    flags = frames.REQUEST_STREAMED if strings.get("CONTENT_LENGTH", "0").strip("0") else 0
    Exchange(link).run(application, (flags, b"", b"", b""), OneEnviron(strings))


def _hooks() -> Any:
    """hooks.py, where the application has imported it: otherwise there is nothing to call."""
    return sys.modules.get(f"{__package__}.hooks")


class OneEnviron:
    """An EnvironMaker for one request, whose strings came with the process."""

    def __init__(self, strings: Dict[str, str]) -> None:
        self._strings = strings

    def make(self, _shared: bytes, _own: bytes) -> Environ:
        return {**self._strings, **process_objects(multithread=False, multiprocess=True, run_once=True)}


def _misused(error: Exception) -> int:
    hint = "A web server sets it. To try by hand: env REQUEST_METHOD=GET PATH_INFO=/ python3 run_cgi.py APP"
    sys.stderr.write(f"gantry: {error}\n" + (f"  {hint} (GANTRY_CGI_ENVIRONMENT)\n" if isinstance(error, NotCgi) else ""))
    return EXIT_MISUSED


def _boot_failure_text(failure: BootFailure) -> str:
    """As `renderError` in src/errors.ts."""
    code = f"GANTRY_APPLICATION_{failure.kind.upper().replace('-', '_')}"
    traceback = f"\n{failure.traceback.rstrip()}\n" if failure.traceback else ""
    return f"gantry: {failure.message}\n  {failure.hint} ({code})\n{traceback}"
