"""The command line of run_cgi.py, where what a client sends must never be read as a flag."""

from __future__ import annotations

import unittest

import context  # noqa: F401

from gantry_worker.cgi_command import Misuse, parse_options


class CommandLines(unittest.TestCase):
    def test_flags_come_before_the_application(self) -> None:
        words = ["--chdir", "a", "--chdir=b", "--pythonpath", "x", "--pythonpath=y", "--script-name=/caf%C3%A9", "--lint", "app"]
        options = parse_options(words)
        self.assertEqual(options, ("app", "b", ("x", "y"), "/caf\xc3\xa9", True))

    def test_what_is_left_out(self) -> None:
        self.assertEqual(parse_options(["app"]), ("app", "", (), None, False))
        self.assertEqual(parse_options(["--script-name=", "app"]).script_name, "")

    def test_what_follows_the_application_comes_from_a_client(self) -> None:
        words = ["app", "/srv/cgi-bin/app.cgi", "--chdir", "/tmp", "--pythonpath=/tmp", "--unknown"]
        self.assertEqual(parse_options(words), ("app", "", (), None, False))

    def test_a_command_line_that_cannot_be_read(self) -> None:
        for words in ([], ["--lint"], ["--chdir"], ["--workers", "2", "app"], ["--chdi=x", "app"]):
            with self.subTest(words), self.assertRaises(Misuse):
                parse_options(words)
