"""Hooks: in their order, at their time, and what becomes of those that raise."""

from __future__ import annotations

import contextlib
import importlib
import io
import unittest
from typing import List

import context  # noqa: F401

from gantry_worker import hooks
from gantry_worker.boot_failure import BootFailure


class Hooks(unittest.TestCase):
    def setUp(self) -> None:
        importlib.reload(hooks)
        self.called: List[str] = []

    def test_after_fork_calls_in_the_order_of_registration(self):
        hooks.after_fork(lambda: self.called.append("first"))
        hooks.after_fork(lambda: self.called.append("second"))
        self.assertEqual(self.called, [])
        hooks.run_after_fork()
        self.assertEqual(self.called, ["first", "second"])

    def test_before_exit_calls_in_the_reverse_order_and_once(self):
        hooks.before_exit(lambda: self.called.append("first"))
        hooks.before_exit(lambda: self.called.append("second"))
        hooks.run_before_exit()
        hooks.run_before_exit()
        self.assertEqual(self.called, ["second", "first"])

    def test_both_are_decorators_that_leave_the_function_as_it_is(self):
        def connect() -> None:
            self.called.append("connect")

        self.assertIs(hooks.after_fork(connect), connect)
        self.assertIs(hooks.before_exit(connect), connect)

    def test_in_a_worker_that_serves_a_function_is_called_at_once(self):
        hooks.run_after_fork()
        hooks.after_fork(lambda: self.called.append("late"))
        self.assertEqual(self.called, ["late"])

    def test_what_a_hook_registers_is_called_too_and_once(self):
        hooks.after_fork(lambda: hooks.after_fork(lambda: self.called.append("inner")))
        hooks.run_after_fork()
        self.assertEqual(self.called, ["inner"])

    def test_after_fork_that_raises_is_a_boot_failure_with_the_applications_traceback(self):
        def connect() -> None:
            raise ValueError("no database")

        hooks.after_fork(connect)
        hooks.after_fork(lambda: self.called.append("never"))
        with self.assertRaises(BootFailure) as caught:
            hooks.run_after_fork()
        failure = caught.exception
        self.assertEqual(failure.kind, "raised")
        self.assertRegex(failure.message, r"test_hooks\..*connect, which is called after the fork, raised ValueError: no")
        self.assertIn("raise ValueError", failure.traceback)
        self.assertNotIn("hooks.py\", line", failure.traceback.replace("test_hooks.py", ""))
        self.assertEqual(self.called, [])

    def test_before_exit_that_raises_is_told_and_keeps_no_other_from_being_called(self):
        def flush() -> None:
            raise SystemExit("no disk")

        hooks.before_exit(lambda: self.called.append("last"))
        hooks.before_exit(flush)
        with contextlib.redirect_stderr(io.StringIO()) as told:
            hooks.run_before_exit()
        self.assertEqual(self.called, ["last"])
        self.assertRegex(told.getvalue(), r"flush, which is called before the exit, raised:\nTraceback[^$]*no disk\n")

    def test_a_hook_without_a_name_is_named_by_its_type(self):
        class Opener:
            def __call__(self) -> None:
                raise ValueError()

        hooks.after_fork(Opener())
        with self.assertRaisesRegex(BootFailure, "Opener, which is called"):
            hooks.run_after_fork()
