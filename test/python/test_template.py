"""A template as its front sees it: boots once, forks workers that boot at once, tells of their ends, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
from typing import Any, Dict, Tuple

from context import PYTHON_DIRECTORY

from gantry_worker import frames

DEADLINE_SECONDS = 15.0

APPLICATION = """
import gc, os, signal, subprocess, sys, threading
from gantry_worker import hooks

# With a buffer, which must not be written by each worker as well.
sys.stdout = open(1, "w", closefd=False)
print("imported by", os.getpid())
IMPORTED_BY = os.getpid()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)

@hooks.after_fork
def tell():
    ignored = signal.getsignal(signal.SIGCHLD) == signal.SIG_IGN
    is_frozen = gc.get_freeze_count() > 1000
    print("forked", os.getpid(), IMPORTED_BY, ignored, is_frozen, threading.active_count(), flush=True)

@hooks.before_exit
def told():
    print("ends", os.getpid(), flush=True)

def app(environ, start_response):
    raise AssertionError
"""
PLAIN = "def app(environ, start_response): pass\n"
STARTS_A_CHILD = """
import os, subprocess, sys
from gantry_worker import hooks

@hooks.after_fork
def start():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    child.terminate()
    os.write(1, b"its child ended by %d\\n" % child.wait())
    os.kill(os.getpid(), 15)
    os.write(1, b"it lives\\n")

def app(environ, start_response): pass
"""


class Connection:
    """A link as the front holds it."""

    def __init__(self, accepted: socket.socket) -> None:
        accepted.settimeout(DEADLINE_SECONDS)
        self._socket = accepted
        self._data = b""
        kind, payload = self.receive()
        assert kind == frames.LINK_HELLO
        self.worker = int.from_bytes(payload[:4], "big")
        self.link = int.from_bytes(payload[4:6], "big")

    def send(self, kind: int, payload: bytes = b"") -> None:
        self._socket.sendall(frames.encode_control(kind, payload))

    def receive(self) -> Tuple[int, bytes]:
        while True:
            end = frames.frame_end(self._data, 0)
            if end is not None and end <= len(self._data):
                frame = frames.split_frame(self._data, 0, end)
                self._data = self._data[end:]
                return frame
            received = self._socket.recv(65_536)
            if not received:
                raise EOFError
            self._data += received

    def receive_json(self, kind: int) -> Dict[str, Any]:
        received, payload = self.receive()
        assert received == kind, hex(received)
        message: Dict[str, Any] = json.loads(payload)
        return message

    def receive_numbers(self, kind: int) -> Tuple[int, ...]:
        received, payload = self.receive()
        assert received == kind, (hex(received), payload)
        return tuple(int.from_bytes(payload[at : at + 4], "big") for at in range(0, len(payload), 4))

    def read_line(self) -> str:
        while b"\n" not in self._data:
            received = self._socket.recv(65_536)
            if not received:
                raise EOFError(self._data)
            self._data += received
        line, _, self._data = self._data.partition(b"\n")
        return line.decode()

    def close(self) -> None:
        self._socket.close()


class TemplateCase(unittest.TestCase):
    def setUp(self) -> None:
        self.directory = tempfile.mkdtemp(prefix="gantry-test-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.private = os.path.join(self.directory, "private")
        os.mkdir(self.private)
        self.path = os.path.join(self.directory, "link")
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(16)
        self.listener.settimeout(DEADLINE_SECONDS)
        self.addCleanup(self.listener.close)

    def start(self, source: str) -> Connection:
        """Starts a template for an application with this source; returns its link, on which nothing has been answered yet."""
        with open(os.path.join(self.directory, "shop.py"), "w") as file:
            file.write(source)
        package = os.path.join(PYTHON_DIRECTORY, "gantry_worker")
        self.process = subprocess.Popen(
            [sys.executable, "-u", package, self.path, "3", "template"],
            cwd=self.directory,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.addCleanup(self.end)
        link = self.accept()
        self.assertEqual((link.worker, link.link), (3, frames.TEMPLATE_LINK))
        self.assertEqual(link.receive_json(frames.BOOTING)["pid"], self.process.pid)
        return link

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    def accept(self) -> Connection:
        connection = Connection(self.listener.accept()[0])
        self.addCleanup(connection.close)
        return connection

    def boot(self, link: Connection) -> None:
        settings = {
            "application": "shop:app",
            "chdir": "",
            "pythonPath": [],
            "threads": 1,
            "multiprocess": False,
            "privateDirectories": [self.private],
            "lint": False,
            "outputMark": "mark",
        }
        link.send(frames.BOOT, json.dumps(settings).encode())

    def fork(self, link: Connection, worker: int) -> Tuple[int, Connection, Connection]:
        """Returns the worker's process id, its control link before `boot`, and its stdout."""
        link.send(frames.FORK, worker.to_bytes(4, "big"))
        told, pid = link.receive_numbers(frames.FORKED)
        self.assertEqual(told, worker)
        links = {connection.link: connection for connection in (self.accept(), self.accept(), self.accept())}
        self.assertEqual({connection.worker for connection in links.values()}, {worker})
        control = links[frames.CONTROL_LINK]
        self.assertEqual(control.receive_json(frames.BOOTING)["pid"], pid)
        self.assertIn(frames.STDERR_LINK, links)
        return pid, control, links[frames.STDOUT_LINK]


class Forking(TemplateCase):
    def test_workers_come_from_one_import_and_go_on_as_workers_do(self):
        link = self.start(APPLICATION)
        self.boot(link)
        ready = link.receive_json(frames.READY)
        self.assertEqual((ready["threads"], ready["sockets"]), ([], []))
        self.assertRegex(ready["description"], "^shop:app")
        for worker in (1, 7):
            pid, control, stdout = self.fork(link, worker)
            self.boot(control)
            self.assertEqual(control.receive_json(frames.READY), {"description": ready["description"]})
            # What the import has set for SIGCHLD is set in the worker too, though the template needs its own.
            self.assertEqual(stdout.read_line(), f"forked {pid} {self.process.pid} True True 1")
            self.assertEqual(self.accept().link, 0)
            control.send(frames.STOP)
            self.assertEqual(stdout.read_line(), f"ends {pid}")
            self.assertEqual(link.receive_numbers(frames.ENDED), (worker, pid, 0))
        link.send(frames.STOP)
        self.assertEqual(self.process.wait(DEADLINE_SECONDS), 0)
        assert self.process.stdout
        self.assertEqual(self.process.stdout.read().decode(), f"imported by {self.process.pid}\n")
        self.assertTrue(os.path.isdir(self.private))

    def test_the_front_is_told_how_a_worker_ended(self):
        link = self.start(APPLICATION)
        self.boot(link)
        link.receive_json(frames.READY)
        pid, control, stdout = self.fork(link, 1)
        os.kill(pid, signal.SIGKILL)
        self.assertEqual(link.receive_numbers(frames.ENDED), (1, pid, signal.SIGKILL))
        pid, control, stdout = self.fork(link, 2)
        control.close()
        worker, ended, status = link.receive_numbers(frames.ENDED)
        self.assertEqual((worker, ended, os.WIFEXITED(status)), (2, pid, True))

    def test_a_worker_goes_on_at_a_signal_for_the_front_and_what_it_starts_does_not(self):
        link = self.start(STARTS_A_CHILD)
        self.boot(link)
        link.receive_json(frames.READY)
        _, control, stdout = self.fork(link, 1)
        self.boot(control)
        self.assertEqual(stdout.read_line(), f"its child ended by {-signal.SIGTERM}")
        self.assertEqual(stdout.read_line(), "it lives")

    def test_many_wishes_at_once_are_all_answered_in_order(self):
        link = self.start(APPLICATION)
        self.boot(link)
        link.receive_json(frames.READY)
        wishes = b"".join(frames.encode_control(frames.FORK, n.to_bytes(4, "big")) for n in range(5))
        link._socket.sendall(wishes)
        forked = [link.receive_numbers(frames.FORKED) for _ in range(5)]
        self.assertEqual([worker for worker, _ in forked], list(range(5)))
        for _, pid in forked:
            os.kill(pid, signal.SIGKILL)
        ended = {link.receive_numbers(frames.ENDED)[:2] for _ in range(5)}
        self.assertEqual(ended, set(forked))


class Ending(TemplateCase):
    def test_an_import_that_fails_is_told_once_and_ends_it(self):
        link = self.start("assert False, 'broken'\n" + PLAIN)
        self.boot(link)
        failure = link.receive_json(frames.BOOT_FAILED)
        self.assertEqual(failure["kind"], "raised")
        self.assertIn("AssertionError: broken", failure["traceback"])
        self.assertEqual(self.process.wait(DEADLINE_SECONDS), 1)

    def test_without_its_front_it_ends_and_so_do_its_workers_and_the_private_directories_go(self):
        link = self.start(APPLICATION)
        self.boot(link)
        link.receive_json(frames.READY)
        pid, control, stdout = self.fork(link, 1)
        self.boot(control)
        control.receive_json(frames.READY)
        self.listener.close()
        link.close()
        self.assertEqual(self.process.wait(DEADLINE_SECONDS), 0)
        self.assertFalse(os.path.exists(self.private))
        control.close()
        self.assertEqual(stdout.read_line().split()[0], "forked")
        self.assertEqual(stdout.read_line(), f"ends {pid}")

    def test_a_thread_that_the_import_left_keeps_it_from_nothing(self):
        link = self.start(
            "import threading\nthreading.Thread(target=threading.Event().wait, name='poll').start()\n" + PLAIN
        )
        self.boot(link)
        ready = link.receive_json(frames.READY)
        self.assertEqual([text.split(" ")[0] for text in ready["threads"]], ['"poll"'])
        pid, control, _ = self.fork(link, 1)
        self.boot(control)
        control.receive_json(frames.READY)
        control.send(frames.STOP)
        self.assertEqual(link.receive_numbers(frames.ENDED), (1, pid, 0))
        link.send(frames.STOP)
        self.assertEqual(self.process.wait(DEADLINE_SECONDS), 0)


class Refusing(TemplateCase):
    def test_a_process_that_the_system_does_not_give_is_told(self):
        link = self.start("import os\ndef fork():\n    raise OSError(11, 'no more')\nos.fork = fork\n" + PLAIN)
        self.boot(link)
        link.receive_json(frames.READY)
        link.send(frames.FORK, (5).to_bytes(4, "big"))
        kind, payload = link.receive()
        self.assertEqual((kind, payload), (frames.FORK_FAILED, b"\0\0\0\5[Errno 11] no more"))


