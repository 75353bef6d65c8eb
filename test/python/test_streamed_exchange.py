"""What becomes of an answer while the request is still coming in (W15, W45, W48; protocol/link.md "A streamed body")."""

from __future__ import annotations

import threading
import unittest
from typing import Any, Callable, Iterable, Iterator, List

import context  # noqa: F401
from fake_front import DEADLINE_SECONDS, FakeFront

from gantry_worker import frames
from gantry_worker.environ import EnvironMaker
from gantry_worker.exchange import Exchange
from gantry_worker.frames import ABORT, BODY, END, FAILURE, RESPONSE, RESPONSE_HEAD, WANT
from gantry_worker.thread_link import LinkClosed

STREAMED_POST = b"POST\0/upload\0\0/upload\0"


def run(front: FakeFront, application: Callable[..., Any]) -> None:
    """Serves one streamed request as a worker's thread does, up to the point where it waits for the next."""
    front.send(frames.REQUEST, bytes([frames.REQUEST_STREAMED, 0, 0, 0, 0, 0, 0, 0, len(STREAMED_POST)]) + STREAMED_POST)
    Exchange(front.link).run(application, front.link.next_request(), EnvironMaker(1, False))
    front.link.flush()


def received_kinds(front: FakeFront) -> List[int]:
    """All that the link brought up to now. Ends the link."""
    front.link.shut_down()
    front.wait_for_end()
    return front.kinds


class ClosedBody:
    """An iterable that tells what `act` gave in its close()."""

    def __init__(self, blocks: Iterable[bytes], act: Callable[[], Any] = lambda: True) -> None:
        self._blocks = blocks
        self._act = act
        self.closings: List[Any] = []

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._blocks)

    def close(self) -> None:
        self.closings.append(self._act())


class StreamedExchangeTest(unittest.TestCase):
    def test_an_application_can_read_and_write_in_turn(self):
        def echo(environ, start_response):
            start_response("200 OK", [])
            return iter(lambda: environ["wsgi.input"].read1(), b"")

        with FakeFront([b"one", b"two"]) as front:
            run(front, echo)
            self.assertEqual(received_kinds(front), [WANT, RESPONSE_HEAD, BODY, WANT, BODY, WANT, END])
            self.assertEqual([payload for kind, payload in front.received if kind == BODY], [b"one", b"two"])

    def test_an_application_that_does_not_read_asks_for_nothing(self):
        def ignore(environ, start_response):
            start_response("200 OK", [])
            return [b"ignored"]

        with FakeFront([b"unread"]) as front:
            run(front, ignore)
            self.assertEqual(received_kinds(front), [RESPONSE])

    def test_the_body_can_be_read_in_close(self):
        bodies = []

        def read_late(environ, start_response):
            start_response("200 OK", [])
            bodies.append(ClosedBody([b"begun"], environ["wsgi.input"].read))
            return bodies[0]

        with FakeFront([b"read ", b"late"]) as front:
            run(front, read_late)
            self.assertEqual(bodies[0].closings, [b"read late"])
            self.assertEqual(received_kinds(front), [RESPONSE_HEAD, BODY, WANT, WANT, WANT, END])

    def test_the_input_cannot_be_used_once_its_request_is_over(self):
        kept = []

        def keep(environ, start_response):
            kept.append(environ["wsgi.input"])
            kept[0].read(1)
            start_response("200 OK", [])
            return [b"done"]

        with FakeFront([b"some and more", b"yet more"]) as front:
            run(front, keep)
            with self.assertRaises(ValueError):
                kept[0].read(1)
            self.assertEqual(received_kinds(front), [WANT, RESPONSE])

    def test_an_application_that_raises_is_answered_for_as_ever(self):
        for begun, kinds in ((False, [WANT, FAILURE]), (True, [WANT, RESPONSE_HEAD, BODY, frames.LOG, ABORT])):

            def fail(environ, start_response, begun=begun):
                write = start_response("200 OK", [])
                environ["wsgi.input"].read(1)
                if begun:
                    write(b"begun")
                raise LookupError("expected")

            with self.subTest(begun=begun), FakeFront([b"some"]) as front:
                run(front, fail)
                self.assertEqual(received_kinds(front), kinds)

    def test_W48_when_the_client_leaves_the_read_raises_and_the_iterable_is_closed(self):
        bodies = []

        def read_all(environ, start_response):
            start_response("200 OK", [])
            bodies.append(ClosedBody(iter(lambda: environ["wsgi.input"].read1(), b"")))
            return bodies[0]

        with FakeFront([b"some"], closes_instead=True) as front:
            with self.assertRaises(LinkClosed):
                run(front, read_all)
            self.assertEqual(bodies[0].closings, [True])

    def test_W48_an_application_that_takes_no_notice_of_that_holds_nobody_up(self):
        def take_no_notice(environ, start_response):
            try:
                environ["wsgi.input"].read()
            except OSError:
                start_response("400 Bad Request", [])
                return [b"too short"]

        with FakeFront([b"some"], closes_instead=True) as front:
            with self.assertRaises(LinkClosed):
                run(front, take_no_notice)

    def test_a_thread_that_reads_on_cannot_disturb_what_follows_on_the_link(self):
        readers: List[threading.Thread] = []

        def read_elsewhere(environ, start_response):
            has_begun = threading.Event()
            readers.append(threading.Thread(target=read_to_the_end, args=(environ["wsgi.input"], has_begun)))
            readers[-1].start()
            has_begun.wait(DEADLINE_SECONDS)
            start_response("200 OK", [])
            return [b"done"]

        with FakeFront([b"x"] * 100_000) as front:
            for _ in range(20):
                run(front, read_elsewhere)
            for reader in readers:
                reader.join(DEADLINE_SECONDS)
            kinds = received_kinds(front)
            self.assertEqual((kinds.count(RESPONSE), kinds[-1]), (20, RESPONSE))
            self.assertLess(len(front.wants), 100_000)


def read_to_the_end(stream: Any, has_begun: threading.Event) -> None:
    try:
        while stream.read(1):
            has_begun.set()
    except ValueError:
        pass


if __name__ == "__main__":
    unittest.main()
