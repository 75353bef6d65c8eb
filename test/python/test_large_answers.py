"""How large answers travel over a link: without a copy, and what belongs together at once."""

from __future__ import annotations

import unittest
from typing import Any, Callable, List

import context  # noqa: F401
from fake_front import FakeFront

from gantry_worker import frames
from gantry_worker.environ import EnvironMaker
from gantry_worker.exchange import Exchange
from gantry_worker.frames import ABORT, BODY, END, LOG, RESPONSE_HEAD

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


if __name__ == "__main__":
    unittest.main()
