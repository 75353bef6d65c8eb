"""How large bodies travel over a link: with as few copies and calls as can be, and whole."""

from __future__ import annotations

import threading
import unittest
from typing import Any, Callable, List

import context  # noqa: F401
from fake_front import FakeFront

from gantry_worker import frames
from gantry_worker.environ import EnvironMaker
from gantry_worker.exchange import Exchange
from gantry_worker.frames import ABORT, BODY, END, LOG, RESPONSE_HEAD
from gantry_worker.request_ends import LinkClosed

GET = b"GET\0/\0\0/\0"
# What a Unix socket takes at once, several times over.
LARGE = bytes(range(256)) * 8_192


def answer_of(application: Callable[..., Any]) -> List[Any]:
    """The frames that `application` answers with."""
    with FakeFront() as front:
        front.send(frames.REQUEST, bytes([0, 0, 0, 0, 0, 0, 0, 0, len(GET)]) + GET)
        request = front.link.next_request()
        Exchange(front.link).run(application, request, EnvironMaker(1, False))
        front.link.flush()
        front.link.shut_down()
        front.wait_for_end()
        return front.received[1:]


def body_of(answer: List[Any]) -> bytes:
    return b"".join(payload for kind, payload in answer if kind == BODY)


class LargeAnswers(unittest.TestCase):
    def test_a_block_arrives_as_it_was_between_head_and_end(self):
        def application(environ, start_response):
            start_response("200 OK", [])
            return [LARGE]

        answer = answer_of(application)
        self.assertEqual([kind for kind, _ in answer], [RESPONSE_HEAD, *[BODY] * 32, END])
        self.assertEqual(body_of(answer), LARGE)

    def test_more_parts_than_the_system_takes_at_a_time(self):
        with FakeFront() as front:
            front.link.send(*frames.encode_body(LARGE * 17))
            front.link.shut_down()
            front.wait_for_end()
            self.assertEqual(body_of(front.received), LARGE * 17)

    def test_one_that_is_shorter_than_it_declares_is_begun_and_cut(self):
        def application(environ, start_response):
            start_response("200 OK", [("Content-Length", str(len(LARGE) + 1))])
            return [LARGE]

        answer = answer_of(application)
        self.assertEqual([kind for kind, _ in answer], [RESPONSE_HEAD, *[BODY] * 32, LOG, ABORT])

    def test_one_that_is_longer_is_cut_to_its_length(self):
        def application(environ, start_response):
            start_response("200 OK", [("Content-Length", "70000")])
            return [LARGE]

        answer = answer_of(application)
        self.assertEqual([kind for kind, _ in answer], [LOG, RESPONSE_HEAD, BODY, BODY, END])
        self.assertEqual(body_of(answer), LARGE[:70_000])

    def test_what_is_held_back_goes_before_it(self):
        def application(environ, start_response):
            environ["wsgi.errors"].write("unfinished")
            start_response("200 OK", [])
            return [LARGE]

        kinds = [kind for kind, _ in answer_of(application)]
        self.assertEqual(kinds, [RESPONSE_HEAD, *[BODY] * 32, LOG, END])


def request(body: bytes, more: bool) -> bytes:
    return bytes([frames.REQUEST_MORE if more else 0, 0, 0, 0, 0, 0, 0, 0, len(GET)]) + GET + body


class LargeRequests(unittest.TestCase):
    def batch_of(self, *bodies: bytes) -> List[bytes]:
        """What a thread reads of a batch with these bodies, which the front sends while it reads."""
        with FakeFront() as front:

            def send() -> None:
                for index, body in enumerate(bodies):
                    front.send(frames.REQUEST, request(body, index < len(bodies) - 1))

            sending = threading.Thread(target=send)
            sending.start()
            try:
                return [front.link.next_request()[3] for _ in bodies]
            finally:
                sending.join()

    def test_a_body_that_comes_in_pieces_is_whole(self):
        self.assertEqual(self.batch_of(LARGE), [LARGE])

    def test_what_comes_behind_it_is_not_taken_for_it(self):
        bodies = [b"small", LARGE, b"", LARGE[:100_000], b"x" * 65_000, LARGE, b"last"]
        self.assertEqual(self.batch_of(*bodies), bodies)

    def test_a_front_that_closes_in_its_middle_ends_the_link(self):
        with FakeFront() as front:
            whole = frames.encode_control(frames.REQUEST, request(LARGE, False))
            sending = threading.Thread(target=lambda: (front.send_bytes(whole[:1_000_000]), front.close_link()))
            sending.start()
            with self.assertRaises(LinkClosed):
                front.link.next_request()
            sending.join()


if __name__ == "__main__":
    unittest.main()
