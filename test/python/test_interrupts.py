"""Interruptions of request threads (protocol/link.md, "Threads that do not come back"): they come where they should, and nowhere else."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
import unittest.mock
from typing import Any, Callable, Dict, List, Optional

import context
from fake_front import DEADLINE_SECONDS

from gantry_worker import frames, interrupts
from gantry_worker.environ import EnvironMaker
from gantry_worker.interrupts import Interruption, RequestTimeout
from gantry_worker.outputs import Outputs
from gantry_worker.worker import Worker

Answer = List[bytes]


class OneThread:
    """A request thread of a worker, and the front that it serves: one request at a time, each link for as long as the test likes."""

    def __init__(self, application: Callable[..., Any]) -> None:
        self._directory = tempfile.mkdtemp(prefix="gantry-test-")
        path = os.path.join(self._directory, "link")
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(path)
        self._listener.listen(1)
        self._listener.settimeout(DEADLINE_SECONDS)
        self.worker = Worker(path, 1, outputs=Outputs("mark"))
        self.worker._links = [None]
        environs = EnvironMaker(1, False)
        self.thread = threading.Thread(target=self.worker._serve, args=(0, application, environs), daemon=True)
        self.thread.start()
        self.opening = 0
        self._socket: Optional[socket.socket] = None
        self.accept()

    def __enter__(self) -> OneThread:
        return self

    def __exit__(self, *_: Any) -> None:
        self.worker._stop()
        self._listener.close()
        self.close_link()
        self.thread.join(DEADLINE_SECONDS)
        shutil.rmtree(self._directory)

    def accept(self) -> None:
        """Waits for the thread to open its link (again)."""
        self._socket, _ = self._listener.accept()
        self._socket.settimeout(DEADLINE_SECONDS)
        hello = self._socket.recv(15)
        self.opening = int.from_bytes(hello[-4:], "big")

    def send(self, path: str) -> None:
        own = f"GET\0{path}\0\0{path}\0".encode()
        assert self._socket is not None
        self._socket.sendall(
            frames.encode_control(frames.REQUEST, bytes(5) + len(own).to_bytes(4, "big") + own)
        )

    def receive(self) -> bytes:
        """The next bytes of an answer."""
        assert self._socket is not None
        return self._socket.recv(65_536)

    def close_link(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def interrupt(self) -> Dict[str, Any]:
        return self.worker._interrupt(0, self.opening)


class Steps:
    """An application that tells what becomes of each of its requests, and goes on when it is let."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.hit: List[str] = []
        self.complete: List[str] = []

    def __call__(self, environ: Dict[str, Any], start_response: Callable[..., Any]) -> Answer:
        path = environ["PATH_INFO"]
        self.begun.set()
        if path == "/raises":
            raise RequestTimeout
        try:
            if path == "/forever":
                while True:
                    pass
            for _ in range(50 if path.startswith("/quick") else 0):
                pass
        except RequestTimeout:
            self.hit.append(path)
            raise
        self.complete.append(path)
        start_response("200 OK", [])
        return [b"done"]


class InterruptionTest(unittest.TestCase):
    def setUp(self) -> None:
        self.application = Steps()
        self.front = OneThread(self.application)
        self.addCleanup(self.front.__exit__)

    def begin(self, path: str) -> None:
        self.application.begun.clear()
        self.front.send(path)
        self.assertTrue(self.application.begun.wait(DEADLINE_SECONDS))

    def test_a_thread_in_the_application_comes_back_and_serves_on(self):
        self.begin("/forever")
        self.front.close_link()
        told = self.front.interrupt()
        self.assertIs(told["isInterrupted"], True)
        self.assertIn("in __call__", told["stack"])
        self.assertNotIn("gantry_worker", told["stack"])
        self.assertEqual(told["thread"], self.front.thread.name)
        self.front.accept()
        self.assertEqual((self.front.opening, self.application.hit), (2, ["/forever"]))
        self.front.send("/next")
        self.assertIn(b"done", self.front.receive())

    def test_a_thread_that_waits_for_requests_has_no_stack_and_is_left_alone(self):
        self.assertEqual((self.front.interrupt()["isInterrupted"], self.front.worker._stacks()), (False, []))
        self.front.send("/next")
        self.assertIn(b"done", self.front.receive())

    def test_an_application_that_raises_it_by_itself_has_failed_like_any_other(self):
        self.front.send("/raises")
        self.assertEqual(self.front.receive()[4], frames.FAILURE)
        self.front.send("/next")
        self.assertIn(b"done", self.front.receive())

    def test_an_opening_that_is_over_is_not_interrupted(self):
        self.front.close_link()
        self.front.accept()
        self.begin("/forever")
        self.front.opening = 1
        self.assertIs(self.front.interrupt()["isInterrupted"], False)
        self.front.opening = 2
        self.front.close_link()
        self.assertIs(self.front.interrupt()["isInterrupted"], True)

    def test_the_stacks_of_threads_at_work_can_be_had_without_ending_anything(self):
        self.begin("/forever")
        (told,) = self.front.worker._stacks()
        self.assertEqual((told["link"], told["opening"]), (0, 1))
        self.assertIn("in __call__", told["stack"])
        self.assertEqual(self.application.hit, [])
        self.front.close_link()
        self.front.interrupt()
        self.front.accept()

    def test_no_request_is_hit_but_the_one_whose_time_was_up(self):
        chance = random.Random(5)
        interrupted = set()
        for number in range(1_500):
            path = f"/quick/{number}"
            self.front.send(path)
            if number % 2 == 0:
                self.assertIn(b"done", self.front.receive())
                continue
            interrupted.add(path)
            for _ in range(chance.randrange(40) ** 2):
                pass
            self.front.close_link()
            self.front.interrupt()
            self.front.accept()
        self.assertTrue(self.front.thread.is_alive())
        self.assertLessEqual(set(self.application.hit), interrupted)
        left = {f"/quick/{number}" for number in range(0, 1_500, 2)} - set(self.application.complete)
        self.assertEqual(left, set())


# Interrupted wherever they are, in the application or in what is ours around it.
ANYWHERE = """
import sys, threading, random, ctypes
sys.path[:0] = {paths!r}
from test_interrupts import OneThread, Steps
from gantry_worker import interrupts
application = Steps()
with OneThread(application) as front:
    chance = random.Random(7)
    for number in range(1500):
        front.send(f"/quick/{{number}}")
        for _ in range(chance.randrange(60) ** 2):
            pass
        front.close_link()
        link = front.worker._links[0]
        if link.opening == front.opening:
            link.interruption.interrupt()
        front.accept()
        if number % 10 == 0:
            front.send("/next")
            assert b"done" in front.receive()
    assert application.complete.count("/next") == 150, application.complete
    print("alive", front.thread.is_alive())
"""

ASLEEP = """
import os, sys, threading, time
sys.path[:0] = {paths!r}
from gantry_worker.interrupts import Interruption, RequestTimeout, prepare_to_be_woken
prepare_to_be_woken()
interruption = Interruption()
read, write = os.pipe()
def wake():
    while not interruption.is_raised:
        time.sleep(0.1)
        interruption.interrupt()
    # It may have come just before the call began.
    while not done.wait(0.1):
        interruption.interrupt()
done = threading.Event()
threading.Thread(target=wake, daemon=True).start()
try:
    {wait}
except RequestTimeout as error:
    done.set()
    print("interrupted:", error)
"""


def run_python(code: str, **parts: Any) -> str:
    paths = [os.path.abspath(context.PYTHON_DIRECTORY), os.path.dirname(os.path.abspath(__file__))]
    done = subprocess.run(
        [sys.executable, "-c", code.format(paths=paths, **parts)], stdout=subprocess.PIPE, timeout=60, check=True
    )
    return done.stdout.decode().strip()


class ProcessTest(unittest.TestCase):
    """In processes of their own: these may be hurt by what they test."""

    def test_an_exception_outside_of_the_application_neither_ends_the_thread_nor_hurts_the_next_link(self):
        self.assertEqual(run_python(ANYWHERE), "alive True")

    def test_system_calls_that_block_the_main_thread_are_broken_off(self):
        waits = ("time.sleep(60)", "os.read(read, 1)", "threading.Event().wait(60)")
        for wait in waits:
            with self.subTest(wait):
                told = run_python(ASLEEP, wait=wait)
                self.assertTrue(told.startswith("interrupted: the time of the request is up"), told)


class EndTest(unittest.TestCase):
    """The end of an interruption's time, in a thread that is always about to reach it."""

    def setUp(self) -> None:
        self.begun = threading.Event()
        self.may_end = threading.Event()
        self.ended = threading.Event()
        thread = threading.Thread(target=self.run_thread, daemon=True)
        thread.start()
        self.assertTrue(self.begun.wait(DEADLINE_SECONDS))
        self.addCleanup(thread.join, DEADLINE_SECONDS)

    def run_thread(self) -> None:
        self.interruption = Interruption()
        self.begun.set()
        self.may_end.wait(DEADLINE_SECONDS)
        try:
            self.interruption.end()
        except RequestTimeout:
            pass
        self.ended.set()

    def test_nothing_can_be_raised_after_it(self):
        self.may_end.set()
        self.assertTrue(self.ended.wait(DEADLINE_SECONDS))
        self.assertIs(self.interruption.interrupt(), False)
        self.assertIs(self.interruption.is_raised, False)

    def test_it_waits_for_whoever_is_raising(self):
        is_raising, may_raise = threading.Event(), threading.Event()
        raise_in = interrupts._raise_in

        def raise_late(thread: int, exception: Any) -> bool:
            if exception is not None:
                is_raising.set()
                may_raise.wait(DEADLINE_SECONDS)
            return raise_in(thread, exception)

        with unittest.mock.patch.object(interrupts, "_raise_in", raise_late):
            control = threading.Thread(target=self.interruption.interrupt)
            control.start()
            self.assertTrue(is_raising.wait(DEADLINE_SECONDS))
            self.may_end.set()
            self.assertFalse(self.ended.wait(0.2))
            may_raise.set()
            control.join(DEADLINE_SECONDS)
            self.assertTrue(self.ended.wait(DEADLINE_SECONDS))


class ExceptionTest(unittest.TestCase):
    def test_except_exception_does_not_keep_it(self):
        self.assertFalse(issubclass(RequestTimeout, (Exception, SystemExit, KeyboardInterrupt)))


if __name__ == "__main__":
    unittest.main()
