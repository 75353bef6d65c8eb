"""How files travel over a link (W45, W46): short ones as a whole answer in one frame, long ones from the front's own hands."""

from __future__ import annotations

import os
import tempfile
import unittest
from typing import Any, Callable, List, Optional
from unittest import mock

import context  # noqa: F401
from fake_front import FakeFront, Frame

from gantry_worker import frames
from gantry_worker.environ import EnvironMaker
from gantry_worker.exchange import Exchange
from gantry_worker.frames import ABORT, BODY, END, FAILURE, FILE, LOG, MAX_BODY_BYTES, RESPONSE, RESPONSE_HEAD

CONTENT = bytes(range(256)) * 520
LARGEST_READ_BYTES = 131_072


class FileAnswer:
    """The frames of one answer that is a file, and what became of the file."""

    def __init__(
        self,
        size: int,
        length: Optional[int] = None,
        method: str = "GET",
        status: str = "200 OK",
        prepare: Callable[[Any, FakeFront], Any] = lambda file, _: file,
    ) -> None:
        """`prepare` gives what is to be wrapped."""
        own = f"{method}\0/\0\0/\0".encode()
        with tempfile.TemporaryDirectory() as directory, FakeFront() as front:
            path = os.path.join(directory, "file")
            with open(path, "wb") as new:
                new.write(CONTENT[:size])
            self.front = front
            self.file = open(path, "r+b")
            self._status = status
            self._headers = [] if length is None else [("Content-Length", str(length))]
            self._prepare = prepare
            front.send(frames.REQUEST, bytes([0, 0, 0, 0, 0, 0, 0, 0, len(own)]) + own)
            Exchange(front.link).run(self._application, front.link.next_request(), EnvironMaker(1, False))
            self.is_closed = self.file.closed
            if not self.is_closed:
                self.file.close()
            front.link.flush()
            front.link.shut_down()
            front.wait_for_end()

    @property
    def frames(self) -> List[Frame]:
        return self.front.received[1:]

    @property
    def kinds(self) -> List[int]:
        return self.front.kinds

    @property
    def head(self) -> frames.Head:
        kind, payload = self.frames[0]
        return frames.decode_head(payload[frames.MICROS_BYTES :] if kind == RESPONSE else payload)[0]

    @property
    def body(self) -> bytes:
        kind, payload = self.frames[0]
        if kind != RESPONSE:
            return b"".join(payload for kind, payload in self.frames if kind == BODY)
        after_micros = payload[frames.MICROS_BYTES :]
        return after_micros[frames.decode_head(after_micros)[1] :]

    def _application(self, environ: Any, start_response: Any) -> Any:
        start_response(self._status, self._headers)
        return environ["wsgi.file_wrapper"](self._prepare(self.file, self.front))


class ShortFiles(unittest.TestCase):
    def assert_whole(self, answer: FileAnswer, body: bytes) -> None:
        self.assertEqual(answer.kinds, [RESPONSE])
        self.assertEqual(answer.body, body)
        self.assertTrue(answer.is_closed)

    def test_W46_one_frame_with_a_length_or_without(self):
        for size in (0, 1, 10_240, MAX_BODY_BYTES):
            for length in (None, size):
                self.assert_whole(FileAnswer(size, length), CONTENT[:size])

    def test_W46_it_may_wait_for_the_end_of_its_batch(self):
        class Link:
            """Sends nothing before a batch's end."""

            serial = 0
            held: List[bytes] = []

            def hold(self, *frame: bytes) -> None:
                self.held.extend(frame)

        def application(environ: Any, start_response: Any) -> Any:
            start_response("200 OK", [])
            file = tempfile.TemporaryFile()
            file.write(CONTENT[:100])
            file.seek(0)
            return environ["wsgi.file_wrapper"](file)

        link: Any = Link()
        for _ in range(2):
            Exchange(link).run(application, (0, b"", b"GET\0/\0\0/\0", b""), EnvironMaker(1, False))
        self.assertEqual([part for part in link.held if len(part) == 100], [CONTENT[:100]] * 2)

    def test_W46_two_frames_at_most(self):
        for size in (MAX_BODY_BYTES + 1, LARGEST_READ_BYTES):
            answer = FileAnswer(size)
            self.assertEqual(answer.kinds, [RESPONSE_HEAD, BODY, BODY, END])
            self.assertEqual((answer.body, answer.head.content_length), (CONTENT[:size], size))
            self.assertTrue(answer.is_closed)

    def test_W46_a_shorter_length_is_obeyed(self):
        for length in (0, 15):
            self.assert_whole(FileAnswer(10_240, length), CONTENT[:length])

    def test_W46_the_beginning_of_a_long_file_is_short_as_well(self):
        self.assert_whole(FileAnswer(len(CONTENT), 100), CONTENT[:100])

    def test_W46_from_its_position_on(self):
        def at_the_end(file: Any, _front: FakeFront) -> Any:
            file.seek(-5, os.SEEK_END)
            return file

        self.assert_whole(FileAnswer(len(CONTENT), 5, prepare=at_the_end), CONTENT[-5:])

    def test_W46_a_longer_length_cuts_the_answer(self):
        answer = FileAnswer(100, 101)
        self.assertEqual(answer.kinds, [RESPONSE_HEAD, BODY, LOG, ABORT])
        self.assertEqual(answer.body, CONTENT[:100])

    def test_W46_one_that_shrinks_cuts_the_answer(self):
        def half(file: Any, _front: FakeFront) -> Any:
            file.truncate(50)
            return file

        answer = FileAnswer(100, 100, prepare=half)
        self.assertEqual(answer.kinds, [RESPONSE_HEAD, BODY, LOG, ABORT])
        self.assertEqual(answer.body, CONTENT[:50])

    def test_W46_one_that_shrinks_while_it_is_read_is_no_longer_than_it_is(self):
        answer = self.while_it_is_read(lambda file: file.truncate(50))
        self.assert_whole(answer, CONTENT[:50])

    def test_W46_one_that_grows_while_it_is_read_is_as_long_as_it_was(self):
        def grow(file: Any) -> None:
            os.pwrite(file.fileno(), b"more", 100)

        self.assert_whole(self.while_it_is_read(grow), CONTENT[:100])

    def while_it_is_read(self, act: Callable[[Any], Any]) -> FileAnswer:
        files: List[Any] = []
        pread = os.pread

        def read(*arguments: Any) -> bytes:
            act(files[0])
            return pread(*arguments)

        def note(file: Any, _front: FakeFront) -> Any:
            files.append(file)
            return file

        with mock.patch("os.pread", read):
            return FileAnswer(100, prepare=note)

    def test_W46_a_file_system_that_gives_little_at_a_time(self):
        pread = os.pread
        with mock.patch("os.pread", lambda descriptor, size, offset: pread(descriptor, min(size, 1000), offset)):
            self.assert_whole(FileAnswer(10_240, 10_240), CONTENT[:10_240])

    def test_W46_what_cannot_be_read_here_is_left_to_the_front(self):
        with mock.patch("os.pread", side_effect=OSError):
            answer = FileAnswer(100)
        self.assertEqual(answer.kinds, [RESPONSE_HEAD, FILE, END])

    def test_W46_nothing_of_it_where_an_answer_has_no_body(self):
        for method, status in (("HEAD", "200 OK"), ("GET", "204 No Content"), ("GET", "304 Not Modified")):
            answer = FileAnswer(100, None if status.startswith("204") else 100, method, status)
            self.assertEqual(answer.kinds, [RESPONSE_HEAD, END])
            self.assertTrue(answer.is_closed)

    def test_W46_without_start_response_it_is_closed_all_the_same(self):
        file = tempfile.TemporaryFile()
        with FakeFront() as front:
            own = b"GET\0/\0\0/\0"
            front.send(frames.REQUEST, bytes([0, 0, 0, 0, 0, 0, 0, 0, len(own)]) + own)
            environs = EnvironMaker(1, False)
            Exchange(front.link).run(
                lambda environ, _: environ["wsgi.file_wrapper"](file), front.link.next_request(), environs
            )
            self.assertTrue(file.closed)
            front.link.flush()
            front.link.shut_down()
            front.wait_for_end()
            self.assertEqual(front.kinds, [FAILURE])


class OwnClose(unittest.TestCase):
    def test_W45_the_client_has_the_data_before_an_applications_close_runs(self):
        closings: List[bool] = []

        def with_a_close(file: Any, front: FakeFront) -> Any:
            def close() -> None:
                closings.append(front.waits_for(BODY))
                close_file()

            close_file, file.close = file.close, close
            return file

        answer = FileAnswer(100, prepare=with_a_close)
        self.assertEqual(answer.kinds, [RESPONSE_HEAD, BODY, END])
        self.assertEqual((answer.body, answer.head.content_length), (CONTENT[:100], 100))
        self.assertEqual((closings, answer.is_closed), ([True], True))

    def test_W45_an_exception_of_it_cuts_the_answer(self):
        def with_a_close(file: Any, _front: FakeFront) -> Any:
            def close() -> None:
                file.raw.close()
                raise LookupError("expected")

            file.close = close
            return file

        answer = FileAnswer(100, 100, prepare=with_a_close)
        self.assertEqual(answer.kinds, [RESPONSE_HEAD, BODY, LOG, ABORT])


class LongFiles(unittest.TestCase):
    def test_W46_the_front_sends_what_would_cost_more_to_hand_on(self):
        answer = FileAnswer(LARGEST_READ_BYTES + 1)
        self.assertEqual(answer.kinds, [RESPONSE_HEAD, FILE, END])
        self.assertEqual(answer.head.content_length, LARGEST_READ_BYTES + 1)
        self.assertTrue(answer.is_closed)

    def test_W46_what_the_front_cannot_open_is_read_here(self):
        def unseen(file: Any, front: FakeFront) -> Any:
            front.opens_files = False
            return file

        answer = FileAnswer(LARGEST_READ_BYTES + 1, prepare=unseen)
        self.assertEqual(answer.kinds, [RESPONSE_HEAD, FILE, BODY, BODY, BODY, END])
        self.assertEqual(answer.body, CONTENT[: LARGEST_READ_BYTES + 1])
        self.assertTrue(answer.is_closed)

    def test_W46_nothing_of_it_where_an_answer_has_no_body(self):
        for method, status in (("HEAD", "200 OK"), ("GET", "304 Not Modified")):
            answer = FileAnswer(len(CONTENT), len(CONTENT), method, status)
            self.assertEqual(answer.kinds, [RESPONSE_HEAD, END])


if __name__ == "__main__":
    unittest.main()
