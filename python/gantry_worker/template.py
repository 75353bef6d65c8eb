"""The template of `--preload`: imports the application once, then forks a worker each time that the front asks for one.

It begins no thread: its main thread waits for the front and for the ends of the workers it has forked.
"""

from __future__ import annotations

import gc
import os
import select
import shutil
import socket
import sys
import warnings
from typing import Dict, List, NoReturn

from . import fork_safety, frames
from .boot import import_application, receive_settings
from .boot_failure import BootFailure
from .child_ends import ChildEnds
from .control_link import ControlLink
from .outputs import Outputs
from .signals import fork_worker
from .stacks import NO_DUMP
from .worker import EXIT_BOOT_FAILED, EXIT_OK, Worker

_OUTPUTS = ((frames.STDOUT_LINK, 1), (frames.STDERR_LINK, 2))


class Template:
    """Template `number` of the front that listens at `socket_path`."""

    def __init__(self, socket_path: str, number: int) -> None:
        self._socket_path = socket_path
        self._number = number

    def run(self) -> int:
        """Forks workers until told to end, and returns in each of them when it is done, with its exit status."""
        control = ControlLink(self._socket_path, self._number, frames.TEMPLATE_LINK)
        settings = receive_settings(control, NO_DUMP)
        outputs = Outputs(settings["outputMark"])
        outputs.take_streams()
        sockets_before = fork_safety.open_sockets()
        try:
            _require_fork()
            loaded = import_application(settings)
        except BootFailure as failure:
            control.send(frames.BOOT_FAILED, failure.to_dict())
            return EXIT_BOOT_FAILED
        left_open = fork_safety.look(sockets_before)
        # What the import has made stays: collections in the workers need not look at it, and so do not write to its pages.
        gc.collect()
        gc.freeze()
        control.send(frames.READY, {"description": loaded.description, **left_open})
        worker = Nursery(control, settings["privateDirectories"]).run()
        try:
            _take_outputs(self._socket_path, worker)
        except OSError:
            return EXIT_OK  # the front is gone
        outputs.take_descriptors()
        return Worker(self._socket_path, worker, lambda _: loaded, outputs).run()


class Nursery:
    """Forks workers as the front at the other end of `control` wishes, and tells it of their ends."""

    def __init__(self, control: ControlLink, private_directories: List[str]) -> None:
        self._control = control
        self._private_directories = private_directories
        self._ends = ChildEnds()
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)
        self._poll.register(self._ends, select.POLLIN)
        # Numbers of workers by their process ids.
        self._workers: Dict[int, int] = {}

    def run(self) -> int:
        """Returns in each forked worker with its number. Ends the process when the front wishes no more."""
        while True:
            self._await_front()
            frame = self._control.receive()
            if frame is None:
                # Killed perhaps: what it could not remove is removed here, as in its workers.
                for directory in self._private_directories:
                    shutil.rmtree(directory, ignore_errors=True)
                _end()
            frame_type, payload = frame
            if frame_type == frames.STOP:
                _end()
            if frame_type == frames.FORK:
                worker = frames.decode_fork(payload)
                if self._fork(worker):
                    self._ends.close()
                    self._control.close()
                    return worker

    def _await_front(self) -> None:
        is_told = self._control.has_frame
        while not is_told:
            ready = [descriptor for descriptor, _ in self._poll.poll()]
            self._ends.forget()
            self._reap()
            is_told = self._control.fileno() in ready

    def _fork(self, worker: int) -> bool:
        """Tells whether this process is the new worker."""
        _flush()
        # The worker begins when the front knows its process, and never does where the front cannot know it any more.
        gate, opener = os.pipe()
        try:
            pid = _fork_unwarned()
        except OSError as error:
            os.close(gate)
            os.close(opener)
            self._control.send_frame(frames.encode_fork_failed(worker, str(error)))
            return False
        if pid == 0:
            os.close(opener)
            if not os.read(gate, 1):
                os._exit(EXIT_OK)
            os.close(gate)
            return True
        self._workers[pid] = worker
        self._control.send_frame(frames.encode_forked(worker, pid))
        # This end is open too, so that nothing is raised where the worker has been killed meanwhile.
        os.write(opener, b".")
        os.close(opener)
        os.close(gate)
        return False

    def _reap(self) -> None:
        # One by one: the application may have started processes too, and wants to know of their ends itself.
        for pid, worker in list(self._workers.items()):
            try:
                ended, status = os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                ended, status = pid, frames.STATUS_UNKNOWN
            if ended:
                del self._workers[pid]
                self._control.send_frame(frames.encode_ended(worker, pid, status))


def _require_fork() -> None:
    if not hasattr(os, "fork"):
        hint = "Leave out --preload, or name another interpreter with --python."
        raise BootFailure("raised", "this Python cannot fork, which --preload needs", hint)


def _fork_unwarned() -> int:
    with warnings.catch_warnings():
        # Python's own warning of threads: the front's log has named them.
        warnings.simplefilter("ignore", DeprecationWarning)
        return fork_worker()


def _take_outputs(socket_path: str, worker: int) -> None:
    """Has this process, and what it starts, write to outputs of its own instead of the template's."""
    for link, descriptor in _OUTPUTS:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as output:
            output.connect(socket_path)
            output.sendall(frames.encode_link_hello(worker, link, 0))
            os.dup2(output.fileno(), descriptor)


def _flush() -> None:
    """Writes what is still in the buffers of the outputs: a fork would double it."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass  # the application has closed it, or put something else in its place


def _end() -> NoReturn:
    # Not as a program ends: threads that the import has begun would be waited for, and exit handlers are the workers' to call.
    _flush()
    os._exit(EXIT_OK)
