"""`wsgi.errors` (W17), with a link that only remembers what it was to send."""

from __future__ import annotations

import contextlib
import io
import unittest
from typing import List

import context  # noqa: F401

from gantry_worker import frames
from gantry_worker.error_stream import ErrorStream
from gantry_worker.thread_link import LinkClosed


class RecordingLink:
    """Stands for a ThreadLink."""

    def __init__(self) -> None:
        self.serial = 1
        self.is_closed = False
        self.sent: List[bytes] = []

    def send(self, frame: bytes) -> None:
        if self.is_closed:
            raise LinkClosed("closed")
        self.sent.append(frame)

    @property
    def lines(self) -> List[str]:
        """The texts that were sent, each of which must be a log frame for wsgi.errors."""
        texts = []
        for frame in self.sent:
            end = frames.frame_end(frame, 0)
            assert end == len(frame)
            frame_type, payload = frames.split_frame(frame, 0, end)
            assert (frame_type, payload[0]) == (frames.LOG, frames.LOG_ERRORS)
            texts.append(payload[1:].decode("utf-8"))
        return texts


class ErrorStreamTest(unittest.TestCase):
    def setUp(self) -> None:
        self.link = RecordingLink()
        self.stream = ErrorStream(self.link)  # type: ignore[arg-type]

    def test_W17_a_line_appears_at_once(self):
        self.stream.write("first\n")
        self.assertEqual(self.link.lines, ["first\n"])

    def test_W17_a_line_begun_appears_with_its_end(self):
        self.stream.write("be")
        self.stream.write("gun")
        self.assertEqual(self.link.lines, [])
        self.stream.write(" and ended\nnext")
        self.assertEqual(self.link.lines, ["begun and ended\n"])

    def test_W17_lines_that_come_together_go_together(self):
        self.stream.write("one\ntwo\nthr")
        self.assertEqual(self.link.lines, ["one\ntwo\n"])

    def test_W17_flush_sends_a_line_begun_and_nothing_twice(self):
        self.stream.write("begun")
        self.stream.flush()
        self.stream.flush()
        self.stream.write(" rest\n")
        self.assertEqual(self.link.lines, ["begun", " rest\n"])

    def test_W17_writelines_takes_any_iterable_and_adds_no_line_ends(self):
        self.stream.writelines(line for line in ("a", "b\n", "c\n"))
        self.assertEqual("".join(self.link.lines), "ab\nc\n")

    def test_W17_write_says_how_much_it_took(self):
        self.assertEqual([self.stream.write(text) for text in ("", "abc", "\xe9\n")], [0, 3, 2])

    def test_W17_nothing_but_text_is_taken(self):
        for data in (b"bytes", None, 1):
            with self.assertRaisesRegex(TypeError, type(data).__name__):
                self.stream.write(data)  # type: ignore[arg-type]
        self.stream.flush()
        self.assertEqual(self.link.lines, [])

    def test_W17_print_and_logging_can_use_it(self):
        print("a", 1, file=self.stream)
        print("b", end="", file=self.stream, flush=True)
        self.assertEqual("".join(self.link.lines), "a 1\nb")

    def test_W17_text_that_no_encoding_holds_appears_readable(self):
        self.stream.write("caf\xe9 \u20ac \udc80\n")
        self.assertEqual(self.link.lines, ["caf\xe9 \u20ac \\udc80\n"])

    def test_after_its_request_it_goes_on_to_stderr(self):
        self.stream.write("kept")
        self.link.serial += 1
        with contextlib.redirect_stderr(io.StringIO()) as stderr:
            self.stream.write(" for later\n")
            self.stream.write("begun")
            self.stream.flush()
        self.assertEqual((self.link.lines, stderr.getvalue()), ([], "kept for later\nbegun"))

    def test_when_the_client_has_left_the_words_are_not_lost(self):
        self.link.is_closed = True
        with contextlib.redirect_stderr(io.StringIO()) as stderr:
            self.stream.write("still true\n")
        self.assertEqual(stderr.getvalue(), "still true\n")


if __name__ == "__main__":
    unittest.main()
