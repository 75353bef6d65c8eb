"""What an application wants done where a worker begins and ends.

    from gantry_worker import hooks

    @hooks.after_fork
    def connect():
        ...

With `--preload` the application is imported once and workers are forked from the process that did it: connections and threads
belong into `after_fork`. Without it each worker imports the application and then calls the same functions, so that the same code
serves both ways. Outside of Gantry there is no such module, and an ImportError says so.
"""

from __future__ import annotations

import sys
from typing import Any, Callable, List, TypeVar

from .boot_failure import raised
from .tracebacks import format_traceback

Function = TypeVar("Function", bound=Callable[[], Any])

_after_fork: List[Callable[[], Any]] = []
_before_exit: List[Callable[[], Any]] = []
_begun = False


def after_fork(function: Function) -> Function:
    """Has `function` called in each worker before its first request, in the order of registration.

    In a worker that serves already, as when a module is imported by a request, it is called at once.
    """
    if _begun:
        function()
    else:
        _after_fork.append(function)
    return function


def before_exit(function: Function) -> Function:
    """Has `function` called in each worker that ends in order, after its last request; what was registered last is called first."""
    _before_exit.append(function)
    return function


def run_after_fork() -> None:
    """Called by the worker. Raises BootFailure for a function that raises."""
    global _begun
    _begun = True
    for function in _after_fork:
        try:
            function()
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise raised(error, f"{_name(function)}, which is called after the fork,") from error


def run_before_exit() -> None:
    """Called by the worker. A function that raises keeps no other from being called."""
    while _before_exit:
        function = _before_exit.pop()
        try:
            function()
        except BaseException as error:
            sys.stderr.write(f"{_name(function)}, which is called before the exit, raised:\n{format_traceback(error)}")


def _name(function: Callable[[], Any]) -> str:
    name = getattr(function, "__qualname__", type(function).__qualname__)
    return f"{getattr(function, '__module__', '?')}.{name}"
