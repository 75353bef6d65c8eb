"""A worker process: boots the application, then serves one link per request thread until the front says stop or is gone."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import threading
from typing import Any, Callable, Dict, List

from . import frames
from .boot_failure import BootFailure
from .control_link import ControlLink
from .environ import EnvironMaker
from .exchange import Exchange
from .loader import load_application, prepare_search_path
from .signals import leave_signals_to_the_front
from .thread_link import LinkClosed, ThreadLink

EXIT_OK = 0
EXIT_BOOT_FAILED = 1
# How long requests may still run when the front is gone: nobody waits for their answers, but they may be in mid-write.
_ORPHAN_GRACE_SECONDS = 5.0


class Worker:
    """Worker `number` of the front that listens at `socket_path`."""

    def __init__(self, socket_path: str, number: int) -> None:
        self._socket_path = socket_path
        self._number = number
        self._stopping = threading.Event()
        self._links: List[ThreadLink] = []
        self._private_directories: List[str] = []

    def run(self) -> int:
        """Serves until told to stop; returns the process's exit status."""
        control = ControlLink(self._socket_path, self._number)
        control.send(frames.BOOTING, _describe_interpreter())
        settings = control.receive_boot()
        self._private_directories = settings["privateDirectories"]
        leave_signals_to_the_front()
        try:
            started_in = prepare_search_path(settings["chdir"], settings["pythonPath"])
            application, description = load_application(settings["application"], started_in)
        except BootFailure as failure:
            control.send(frames.BOOT_FAILED, failure.to_dict())
            return EXIT_BOOT_FAILED
        if settings["lint"]:
            from .lint import lint  # without it, nothing of it is loaded

            application = lint(application)
        threads: int = settings["threads"]
        environs = EnvironMaker(threads, settings["multiprocess"])
        self._links = [ThreadLink(self._socket_path, self._number, index) for index in range(threads)]
        self._start_threads(application, environs)
        threading.Thread(target=self._obey, args=(control,), name="gantry-control", daemon=True).start()
        control.send(frames.READY, {"description": description})
        # The main thread serves too: with one thread the application never runs outside of it.
        self._serve(self._links[0], application, environs)
        # A thread may find the front gone before the control thread does, which has to clear up first.
        self._stopping.wait()
        return EXIT_OK

    def _start_threads(self, application: Callable[..., Any], environs: EnvironMaker) -> None:
        for link in self._links[1:]:
            name = f"gantry-{link.index}"
            # Not daemons: the interpreter waits for running requests before its exit handlers.
            threading.Thread(target=self._serve, args=(link, application, environs), name=name).start()

    def _serve(self, link: ThreadLink, application: Callable[..., Any], environs: EnvironMaker) -> None:
        while not self._stopping.is_set():
            try:
                link.open()
                # A `stop` that came before the link was open could not shut it down.
                if self._stopping.is_set():
                    return
                while True:
                    request = link.next_request()
                    Exchange(link).run(application, request, environs)
            except LinkClosed:
                pass  # its request was cancelled, or the worker is to stop
            except OSError:
                return  # nobody listens any more
            finally:
                link.close()

    def _obey(self, control: ControlLink) -> None:
        while True:
            frame = control.receive()
            if frame is None:
                self._outlive_the_front()
                return
            frame_type, payload = frame
            if frame_type == frames.REVOKE:
                self._revoke(control, frames.decode_revoke(payload))
            elif frame_type == frames.STOP:
                self._stop()

    def _outlive_the_front(self) -> None:
        """The front ended without saying so, killed perhaps: what it could not remove is removed here, and nobody is left."""
        if not self._stopping.is_set():
            for directory in self._private_directories:
                shutil.rmtree(directory, ignore_errors=True)
        self._stop()
        _exit_later()

    def _revoke(self, control: ControlLink, index: int) -> None:
        link = self._links[index]
        count = link.take_unstarted()
        if count:
            control.send_frame(frames.encode_revoked(index, count))
        link.send_held_now()

    def _stop(self) -> None:
        self._stopping.set()
        for link in self._links:
            link.shut_down()


def _exit_later() -> None:
    timer = threading.Timer(_ORPHAN_GRACE_SECONDS, os._exit, (EXIT_OK,))
    timer.daemon = True
    timer.start()


def _describe_interpreter() -> Dict[str, Any]:
    return {
        "pid": os.getpid(),
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "executable": sys.executable,
    }
