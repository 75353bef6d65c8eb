"""How a process of ours comes to its application: who it is, what the front wants served, and the import."""

from __future__ import annotations

import os
import platform
import sys
from typing import Any, Callable, Dict

# The first and the last are what failures need: they come before the application's directories do (late_imports.py).
from . import boot_hints, frames, tracebacks  # noqa: F401
from .control_link import ControlLink
from .interrupts import prepare_to_be_woken
from .loader import LoadedApplication, load_application, prepare_search_path
from .signals import leave_signals_to_the_front

Settings = Dict[str, Any]
# Returns the application that the settings name. Raises BootFailure.
Load = Callable[[Settings], LoadedApplication]


def receive_settings(control: ControlLink, dump: Dict[str, Any]) -> Settings:
    """Says which interpreter this is, and how it writes its stacks (`dump`, of stacks.py); returns what to serve and how. Raises ConnectionError when the front is gone."""
    control.send(
        frames.BOOTING,
        {
            "pid": os.getpid(),
            "python": _version(),
            "implementation": platform.python_implementation(),
            "executable": sys.executable,
            **dump,
        },
    )
    return control.receive_boot()


def _version() -> str:
    # An extension module that is not made for it switches the lock on again; here none has been imported yet.
    is_free_threaded = not getattr(sys, "_is_gil_enabled", lambda: True)()
    return platform.python_version() + (" free-threaded" if is_free_threaded else "")


def import_application(settings: Settings) -> LoadedApplication:
    """For the main thread, once in the life of a process and of those that it forks."""
    leave_signals_to_the_front()
    prepare_to_be_woken()
    started_in = prepare_search_path(settings["chdir"], settings["pythonPath"])
    return load_application(settings["application"], started_in)
