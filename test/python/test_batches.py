"""What of a batch's answers waits for the others, and what never does."""

from __future__ import annotations

import unittest
from typing import Any, Callable, Iterator, List
from unittest import mock

import context  # noqa: F401
from fake_front import FakeFront

from gantry_worker import frames, thread_link
from gantry_worker.environ import EnvironMaker
from gantry_worker.exchange import Exchange
from gantry_worker.frames import BODY, END, RESPONSE_HEAD

OWN = b"GET\0/\0\0/\0"
WHOLE = [RESPONSE_HEAD, BODY, END]


def request(more: bool) -> bytes:
    return frames.encode_control(
        frames.REQUEST, bytes([frames.REQUEST_MORE if more else 0, 0, 0, 0, 0, 0, 0, 0, len(OWN)]) + OWN
    )


class Batch:
    """Two requests that travel together. Their answers are iterators of one block, and `between` runs behind the block."""

    def __init__(self, between: Callable[[FakeFront, int], None], headers: List[Any], block: bytes = b"block") -> None:
        self._between = between
        self._headers = headers
        self._block = block
        # How often something was sent, when the application was asked for more than the block.
        self.sendings: List[int] = []
        self.kinds: List[int] = []

    def run(self) -> Batch:
        send_all = mock.Mock(wraps=thread_link._send_all)
        with FakeFront() as front, mock.patch.object(thread_link, "_send_all", send_all):

            def blocks() -> Iterator[bytes]:
                yield self._block
                self.sendings.append(send_all.call_count)
                self._between(front, len(self.sendings))

            def application(environ: Any, start_response: Any) -> Iterator[bytes]:
                start_response("200 OK", self._headers)
                return blocks()

            front.send_bytes(request(more=True) + request(more=False))
            for _ in range(2):
                Exchange(front.link).run(application, front.link.next_request(), EnvironMaker(1, False))
            front.link.flush()
            front.link.shut_down()
            front.wait_for_end()
            self.kinds = front.kinds
        return self


def nothing(front: FakeFront, number: int) -> None:
    pass


class AnswersOfABatch(unittest.TestCase):
    def test_one_that_has_its_declared_length_goes_with_the_next(self):
        batch = Batch(nothing, [("Content-Length", "5")]).run()
        self.assertEqual(batch.sendings, [0, 1])
        self.assertEqual(batch.kinds, WHOLE * 2)

    def test_one_of_unknown_length_is_on_its_way_before_the_next_block_is_asked_for(self):
        batch = Batch(nothing, []).run()
        self.assertEqual(batch.sendings, [1, 2])
        self.assertEqual(batch.kinds, WHOLE * 2)

    def test_one_that_lacks_some_of_its_length_is_on_its_way_too(self):
        batch = Batch(nothing, [("Content-Length", "6")]).run()
        self.assertEqual(batch.sendings, [1, 2])

    def test_a_large_one_does_not_wait(self):
        block = b"x" * 20_000
        batch = Batch(nothing, [("Content-Length", str(len(block)))], block).run()
        self.assertEqual(batch.sendings, [1, 2])

    def test_one_whose_application_goes_on_leaves_when_the_rest_is_asked_back(self):
        def ask_back(front: FakeFront, number: int) -> None:
            if number == 1:
                self.assertEqual(front.link.take_unstarted(), 1)
                front.link.send_held_now()
                front.send_bytes(request(more=False))

        batch = Batch(ask_back, [("Content-Length", "5")]).run()
        # Once for the first while its application was still at work, once for its end, once for the second, which was alone.
        self.assertEqual(batch.sendings, [0, 3])
        self.assertEqual(batch.kinds, WHOLE * 2)

    def test_one_whose_companions_were_asked_back_leaves_at_once(self):
        sendings = []

        def application(environ: Any, start_response: Any) -> Iterator[bytes]:
            front.link.take_unstarted()
            start_response("200 OK", [("Content-Length", "5")])
            yield b"block"
            sendings.append(send_all.call_count)

        send_all = mock.Mock(wraps=thread_link._send_all)
        with FakeFront() as front, mock.patch.object(thread_link, "_send_all", send_all):
            front.send_bytes(request(more=True) + request(more=False))
            Exchange(front.link).run(application, front.link.next_request(), EnvironMaker(1, False))
        self.assertEqual(sendings, [1])


if __name__ == "__main__":
    unittest.main()
