"""Which frames of a traceback the application's author sees."""

from __future__ import annotations

import importlib
import unittest
from typing import Callable
from unittest import mock

import context  # noqa: F401

from gantry_worker import tracebacks
from gantry_worker.file_wrapper import FileWrapper
from gantry_worker.tracebacks import format_traceback, has_application_frame


def error_below_gantry(function: Callable[[], object]) -> BaseException:
    """Calls a function as Gantry's own code would, from a frame of Gantry's file; returns what it raised."""
    call = compile("function()", tracebacks.__file__, "eval")
    try:
        eval(call, {"function": function})
    except Exception as error:
        return error.with_traceback(error.__traceback__ and error.__traceback__.tb_next)
    raise AssertionError("nothing was raised")


class Capturing(unittest.TestCase):
    def test_does_without_a_modules_name_where_python_fails_over_it(self):
        class Curious(tracebacks.TracebackException):
            """As Python 3.15, which imports what is missing."""

            def __init__(self, kind: type, error: BaseException, *rest: object) -> None:
                for each in (error, error.__context__):
                    if getattr(each, "name", None) is not None:
                        raise ModuleNotFoundError("once more")
                super().__init__(kind, error, *rest)

        missing = ModuleNotFoundError("No module named 'shop.db'", name="shop.db")
        outer = ImportError("shop cannot be imported", name="shop")
        outer.__context__ = missing
        with mock.patch.object(tracebacks, "TracebackException", Curious):
            text = format_traceback(outer)
        self.assertIn("No module named 'shop.db'", text)
        self.assertIn("shop cannot be imported", text)
        self.assertEqual([missing.name, outer.name], ["shop.db", "shop"])


class Frames(unittest.TestCase):
    def test_gantrys_frames_on_the_way_to_the_application_are_left_out(self):
        def application() -> None:
            raise ValueError("x")

        text = format_traceback(error_below_gantry(application))
        self.assertRegex(text, r'^Traceback \(most recent call last\):\n  File ".*test_tracebacks.py", line \d+, in app')
        self.assertNotIn("gantry_worker", text)

    def test_gantrys_frames_that_the_application_called_stay(self):
        def application() -> None:
            next(iter(FileWrapper(None)))

        text = format_traceback(error_below_gantry(application))
        self.assertIn("in application", text)
        self.assertIn("file_wrapper.py", text)

    def test_the_import_systems_frames_are_left_out(self):
        text = format_traceback(error_below_gantry(lambda: importlib.import_module("zzz")))
        self.assertIn("test_tracebacks.py", text)
        self.assertNotIn("importlib._bootstrap", text)

    def test_chained_exceptions_are_kept_and_cleaned(self):
        def application() -> None:
            raise RuntimeError("outer") from error_below_gantry(lambda: 1 // 0)

        text = format_traceback(error_below_gantry(application))
        self.assertIn("ZeroDivisionError", text)
        self.assertIn("RuntimeError: outer", text)
        self.assertNotIn("gantry_worker", text)

    def test_an_error_of_gantrys_own_has_no_application_frame(self):
        self.assertFalse(has_application_frame(error_below_gantry(iter(()).__next__)))
        self.assertTrue(has_application_frame(error_below_gantry(lambda: 1 // 0)))


if __name__ == "__main__":
    unittest.main()
