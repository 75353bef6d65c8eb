"""A worker process: boots the application, then serves one link per request thread until the front says stop or is gone."""

from __future__ import annotations

import os
import shutil
import threading
from typing import Any, Callable, Dict, List, Optional

from . import frames
from .boot import Load, import_application, receive_settings
from .boot_failure import BootFailure
from .control_link import ControlLink
from .environ import EnvironMaker
from .exchange import Exchange
from .hooks import run_after_fork, run_before_exit
from .interrupts import RequestTimeout
from .outputs import Outputs
from .stacks import dump_path, stack_of, write_stacks_on_signal
from .thread_link import LinkClosed, ThreadLink

EXIT_OK = 0
EXIT_BOOT_FAILED = 1
# How long requests may still run when the front is gone: nobody waits for their answers, but they may be in mid-write.
_ORPHAN_GRACE_SECONDS = 5.0


class Worker:
    """Worker `number` of the front that listens at `socket_path`."""

    def __init__(
        self, socket_path: str, number: int, load: Load = import_application, outputs: Optional[Outputs] = None
    ) -> None:
        self._socket_path = socket_path
        self._number = number
        self._load = load
        # Of the template, which has made them before it imported the application.
        self._outputs = outputs
        self._stopping = threading.Event()
        # The present link of each request thread, once it has one.
        self._links: List[Optional[ThreadLink]] = []
        self._threads: List[threading.Thread] = []
        self._private_directories: List[str] = []

    def run(self) -> int:
        """Serves until told to stop; returns the process's exit status."""
        control = ControlLink(self._socket_path, self._number)
        dump = write_stacks_on_signal(dump_path(self._socket_path, self._number))
        settings = receive_settings(control, dump)
        if self._outputs is None:
            self._outputs = Outputs(settings["outputMark"])
            self._outputs.take_streams()
        self._private_directories = settings["privateDirectories"]
        try:
            application, description = self._load(settings)
            run_after_fork()
        except BootFailure as failure:
            control.send(frames.BOOT_FAILED, failure.to_dict())
            return EXIT_BOOT_FAILED
        if settings["lint"]:
            from .lint import lint  # without it, nothing of it is loaded

            application = lint(application)
        threads: int = settings["threads"]
        environs = EnvironMaker(threads, settings["multiprocess"])
        self._links = [None] * threads
        self._start_threads(application, environs)
        threading.Thread(target=self._obey, args=(control,), name="gantry-control", daemon=True).start()
        control.send(frames.READY, {"description": description})
        # The main thread serves too: with one thread the application never runs outside of it.
        self._serve(0, application, environs)
        # A thread may find the front gone before the control thread does, which has to clear up first.
        self._stopping.wait()
        for thread in self._threads:
            thread.join()
        run_before_exit()
        return EXIT_OK

    def _start_threads(self, application: Callable[..., Any], environs: EnvironMaker) -> None:
        for index in range(1, len(self._links)):
            # Not daemons: the interpreter waits for running requests before its exit handlers.
            thread = threading.Thread(target=self._serve, args=(index, application, environs), name=f"gantry-{index}")
            self._threads.append(thread)
            thread.start()

    def _serve(self, index: int, application: Callable[..., Any], environs: EnvironMaker) -> None:
        outputs = self._outputs
        assert outputs is not None
        opening = 0
        goes_on = True
        while goes_on and not self._stopping.is_set():
            opening += 1
            link = self._links[index] = ThreadLink(self._socket_path, self._number, index, opening)
            outputs.serving[threading.get_ident()] = link
            try:
                try:
                    goes_on = self._serve_link(link, application, environs, outputs)
                finally:
                    link.interruption.end()
            except RequestTimeout:
                pass  # wherever it came: no other can come before the next opening
            link.close()

    def _serve_link(
        self, link: ThreadLink, application: Callable[..., Any], environs: EnvironMaker, outputs: Outputs
    ) -> bool:
        """Returns when the link is at its end; tells whether to open it again."""
        try:
            link.open()
            # A `stop` that came before the link was open could not shut it down.
            if self._stopping.is_set():
                return False
            while True:
                request = link.next_request()
                Exchange(link).run(application, request, environs)
                if outputs.begun:
                    outputs.end_request()
        except LinkClosed:
            return True  # its request was cancelled, or the worker is to stop
        except OSError:
            return False  # nobody listens any more

    def _obey(self, control: ControlLink) -> None:
        while True:
            frame = control.receive()
            if frame is None:
                self._outlive_the_front()
                return
            frame_type, payload = frame
            if frame_type == frames.REVOKE:
                self._revoke(control, frames.decode_revoke(payload))
            elif frame_type == frames.INTERRUPT:
                control.send(frames.INTERRUPTED, self._interrupt(*frames.decode_interrupt(payload)))
            elif frame_type == frames.STACKS:
                number = frames.decode_stacks(payload)
                control.send(frames.STACKS_TOLD, {"number": number, "threads": self._stacks()})
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
        if link is None:
            return
        count = link.take_unstarted()
        if count:
            control.send_frame(frames.encode_revoked(index, count))
        link.send_held_now()

    def _interrupt(self, index: int, opening: int) -> Dict[str, Any]:
        link = self._links[index]
        told: Dict[str, Any] = {"link": index, "opening": opening, "thread": "", "stack": "", "isInterrupted": False}
        if link is not None and link.opening == opening:
            told.update(_describe_thread(link))
            # One that is not in the application comes back by itself, as its link is closed.
            told["isInterrupted"] = told["stack"] != "" and link.interruption.interrupt()
        return told

    def _stacks(self) -> List[Dict[str, Any]]:
        threads = (
            {"link": link.index, "opening": link.opening, **_describe_thread(link)} for link in self._links if link
        )
        return [thread for thread in threads if thread["stack"]]

    def _stop(self) -> None:
        self._stopping.set()
        for link in self._links:
            if link is not None:
                link.shut_down()


def _exit_later() -> None:
    timer = threading.Timer(_ORPHAN_GRACE_SECONDS, os._exit, (EXIT_OK,))
    timer.daemon = True
    timer.start()


def _describe_thread(link: ThreadLink) -> Dict[str, Any]:
    return {"thread": link.interruption.name, "stack": stack_of(link.interruption.thread)}
