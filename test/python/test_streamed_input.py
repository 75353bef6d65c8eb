"""`wsgi.input` of a streamed request (W15, protocol/link.md "A streamed body"), with a front that hands out what a test says."""

from __future__ import annotations

import io
import random
import threading
import unittest
from typing import Any, Callable, Dict, List, Optional

import context  # noqa: F401
from fake_front import DEADLINE_SECONDS, FakeFront

from gantry_worker import frames
from gantry_worker.frames import MAX_INPUT_BYTES, FrameError
from gantry_worker.streamed_input import StreamedInput
from gantry_worker.thread_link import LinkClosed

SIZES = (1, 2, 7, 10, 1000, 65_535, 65_536, 65_537, 200_000)


def make_body(source: random.Random) -> bytes:
    """Lines of every length, some longer than what is read at once."""
    lines = [bytes(source.choices(b"abc\0\xff", k=source.choice((0, 1, 30, 500, 70_000)))) for _ in range(source.randrange(8))]
    return b"\n".join(lines)


def cut(body: bytes, source: random.Random) -> List[bytes]:
    pieces, position = [], 0
    while position < len(body):
        size = source.choice((1, 5, 4000, 65_536, 100_000))
        pieces.append(body[position : position + size])
        position += size
    return pieces


def read_into(stream: Any, size: int) -> bytes:
    buffer = bytearray(size)
    count: int = stream.readinto(buffer)
    return bytes(buffer[:count])


# Every way to read that gives the same whatever the pieces in which a body arrives.
WAYS: Dict[str, Callable[[Any, int], Any]] = {
    "read(n)": lambda stream, size: stream.read(size),
    "readline()": lambda stream, _: stream.readline(),
    "readline(n)": lambda stream, size: stream.readline(size),
    "readlines(hint)": lambda stream, size: stream.readlines(size),
    "next": lambda stream, _: next(stream, b""),
    "readinto": read_into,
}


class ReadingTest(unittest.TestCase):
    def test_W15_every_way_of_reading_gives_what_it_gives_of_a_body_in_a_file(self):
        for seed in range(40):
            source = random.Random(seed)
            body = make_body(source)
            with FakeFront(cut(body, source)) as front:
                stream, expected = StreamedInput(front.link), io.BufferedReader(io.BytesIO(body))  # type: ignore[arg-type]
                for _ in range(12):
                    way, size = source.choice(list(WAYS)), source.choice(SIZES)
                    with self.subTest(way, seed=seed, size=size):
                        self.assertEqual(WAYS[way](stream, size), WAYS[way](expected, size))
                self.assertEqual(stream.read(), expected.read())

    def test_W15_read_gives_the_whole_body(self):
        for arguments in ((), (-1,), (None,)):
            with self.subTest(arguments=arguments), FakeFront([b"hel", b"lo\n", b"x" * 200_000]) as front:
                self.assertEqual(StreamedInput(front.link).read(*arguments), b"hello\n" + b"x" * 200_000)

    def test_W15_the_lines_are_those_of_the_body(self):
        with FakeFront([b"on", b"e\ntwo\n\nla", b"st"]) as front:
            self.assertEqual(list(StreamedInput(front.link)), [b"one\n", b"two\n", b"\n", b"last"])

    def test_W15_the_end_is_found_as_often_as_one_looks_and_asked_for_once(self):
        with FakeFront([b"hello"]) as front:
            stream = StreamedInput(front.link)
            self.assertEqual(stream.read(), b"hello")
            beyond = [stream.read(), stream.read(5), stream.read1(5), stream.readline(), stream.readlines(), list(stream)]
            self.assertEqual(beyond, [b"", b"", b"", b"", [], []])
            self.assertEqual(read_into(stream, 5), b"")
            self.assertEqual(len(front.wants), 2)

    def test_nothing_is_asked_for_before_the_application_reads(self):
        with FakeFront([b"hello"]) as front:
            stream = StreamedInput(front.link)
            self.assertEqual((stream.read(0), stream.readable(), stream.seekable(), stream.closed), (b"", True, False, False))
            front.link.send(frames.encode_log(frames.LOG_INFO, "a mark"))
            self.assertEqual(stream.read(2), b"he")
            self.assertEqual(front.kinds, [frames.LOG, frames.WANT])

    def test_no_more_is_asked_for_than_a_frame_may_bring(self):
        with FakeFront([b"x" * 300_000]) as front:
            StreamedInput(front.link).read(300_000)
            self.assertTrue(all(1 <= wanted <= MAX_INPUT_BYTES for wanted in front.wants), front.wants)

    def test_read1_and_readline_do_not_wait_for_more_than_they_need(self):
        with FakeFront([b"first\nsec", b"ond\n"]) as front:
            stream = StreamedInput(front.link)
            self.assertEqual((stream.readline(), len(front.wants)), (b"first\n", 1))
            self.assertEqual((stream.read1(100), len(front.wants)), (b"sec", 1))
            self.assertEqual((stream.read1(100), len(front.wants)), (b"ond\n", 2))

    def test_it_can_be_read_as_text(self):
        with FakeFront([b"caf\xc3", b"\xa9\nline"]) as front:
            self.assertEqual(io.TextIOWrapper(StreamedInput(front.link), "utf-8").readlines(), ["caf\xe9\n", "line"])

    def test_what_is_held_back_goes_out_before_the_thread_waits(self):
        with FakeFront([b"hello"]) as front:
            front.link.hold(frames.encode_log(frames.LOG_WARNING, "held"))
            StreamedInput(front.link).read(1)
            self.assertEqual(front.kinds, [frames.LOG, frames.WANT])

    def test_a_file_can_be_offered_while_a_body_is_read(self):
        with FakeFront([b"a", b"b"]) as front:
            stream = StreamedInput(front.link)
            self.assertEqual(stream.read(1), b"a")
            self.assertTrue(front.link.offer_file(frames.encode_file(0, 1, b"/file")))
            self.assertEqual(stream.read(), b"b")


class BrokenOffTest(unittest.TestCase):
    def test_reading_a_body_whose_client_has_left_raises_what_write_raises(self):
        with FakeFront([b"be", b"gun"], closes_instead=True) as front:
            stream = StreamedInput(front.link)
            self.assertEqual(stream.read(5), b"begun")
            for read in (stream.read, stream.readline, stream.read1, lambda: list(stream)):
                with self.assertRaises(LinkClosed) as raised:
                    read()
                self.assertIsInstance(raised.exception, ConnectionError)

    def test_a_body_that_breaks_off_never_looks_complete(self):
        for read in (lambda stream: stream.read(), lambda stream: stream.read(100), lambda stream: stream.readlines()):
            with FakeFront([b"only a part"], closes_instead=True) as front:
                with self.assertRaises(LinkClosed):
                    read(StreamedInput(front.link))

    def test_a_worker_that_is_to_stop_waits_for_no_client(self):
        with FakeFront() as front:
            front.answers_wants = False
            waiting = threading.Thread(target=stop_when_wanted, args=(front,))
            waiting.start()
            with self.assertRaises(LinkClosed):
                StreamedInput(front.link).read()
            waiting.join(DEADLINE_SECONDS)

    def test_more_than_was_asked_for_is_refused(self):
        with FakeFront() as front:
            front.answers_wants = False
            front.send(frames.INPUT, b"123")
            with self.assertRaisesRegex(FrameError, "more input"):
                front.link.want_input(2)

    def test_another_frame_than_input_is_refused(self):
        for kind, payload in ((frames.FILE_TAKEN, b"\x01"), (frames.INPUT, b""), (frames.INPUT_END, b"x"), (frames.STOP, b"")):
            with self.subTest(kind=kind), FakeFront() as front:
                front.answers_wants = False
                front.send(kind, payload)
                with self.assertRaises(FrameError):
                    StreamedInput(front.link).read(1)


class EndTest(unittest.TestCase):
    def test_after_its_request_nothing_can_be_read_and_nothing_is_asked_for(self):
        with FakeFront([b"a line\nand more"]) as front:
            stream = StreamedInput(front.link)
            stream.readline()
            stream.end()
            for read in (stream.read, stream.read1, stream.readline, stream.readlines, stream.peek, lambda: list(stream)):
                with self.assertRaises(ValueError):
                    read()
            self.assertTrue(stream.closed)
            self.assertEqual(len(front.wants), 1)

    def test_it_can_end_twice_and_after_the_application_closed_it(self):
        with FakeFront([b"hello"]) as front:
            stream = StreamedInput(front.link)
            stream.close()
            stream.end()
            stream.end()
            self.assertEqual(front.wants, [])

    def test_what_an_application_took_out_of_it_ends_too(self):
        with FakeFront([b"hello", b"more"]) as front:
            stream = StreamedInput(front.link)
            raw = stream.detach()
            self.assertEqual(raw.read(10), b"hello")
            stream.end()
            with self.assertRaisesRegex(ValueError, "the request is over"):
                raw.read(10)

    def test_its_end_waits_for_the_read_of_another_thread_and_lets_it_begin_no_other(self):
        with FakeFront() as front:
            front.answers_wants = False
            stream = AnswersWhenClosed(front.link)
            stream.when_closed = lambda: front.send(frames.INPUT, b"half")
            outcomes: List[Any] = []
            reader = threading.Thread(target=lambda: outcomes.append(outcome_of(lambda: stream.read(10))))
            reader.start()
            self.assertTrue(front.is_wanted.wait(DEADLINE_SECONDS))
            stream.end()
            self.assertEqual((stream.closed, len(front.wants)), (True, 1))
            reader.join(DEADLINE_SECONDS)
            self.assertEqual(outcomes, [ValueError])


class AnswersWhenClosed(StreamedInput):
    """Lets a test act when the end of the request has begun."""

    when_closed: Optional[Callable[[], None]] = None

    def close(self) -> None:
        act, self.when_closed = self.when_closed, None
        if act is not None:
            act()
        super().close()


def stop_when_wanted(front: FakeFront) -> None:
    front.is_wanted.wait(DEADLINE_SECONDS)
    front.link.shut_down()


def outcome_of(read: Callable[[], bytes]) -> Any:
    try:
        return read()
    except Exception as error:
        return type(error)


if __name__ == "__main__":
    unittest.main()
