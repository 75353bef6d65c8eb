"""What a worker says of its interpreter."""

from __future__ import annotations

import platform
import sys
import unittest
from typing import Any, Dict
from unittest import mock

import context  # noqa: F401

from gantry_worker import boot, frames


class Control:
    """The front at the other end of a control link."""

    def __init__(self) -> None:
        self.booting: Dict[str, Any] = {}

    def send(self, frame_type: int, message: Dict[str, Any]) -> None:
        assert frame_type == frames.BOOTING
        self.booting = message

    def receive_boot(self) -> Dict[str, Any]:
        return {}


def version_told(is_gil_enabled: bool) -> str:
    control = Control()
    with mock.patch.object(sys, "_is_gil_enabled", lambda: is_gil_enabled, create=True):
        boot.receive_settings(control, {})  # type: ignore[arg-type]
    return str(control.booting["python"])


class Interpreter(unittest.TestCase):
    def test_its_version_says_whether_it_runs_without_the_lock(self):
        self.assertEqual(version_told(True), platform.python_version())
        self.assertEqual(version_told(False), platform.python_version() + " free-threaded")
