"""What every test of loading needs: an empty working directory, a way to load, and a way to expect a failure."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import textwrap
import unittest
from typing import Any, Sequence

import context  # noqa: F401

from gantry_worker.boot_failure import BootFailure
from gantry_worker.loader import LoadedApplication, load_application, prepare_search_path

APPLICATION = "def {name}(environ, start_response): return [b'{name}']\n"


class LoadingCase(unittest.TestCase):
    """Gives each test an empty working directory, and the interpreter's import state back afterwards."""

    def setUp(self) -> None:
        self.directory = os.path.realpath(tempfile.mkdtemp(prefix="gantry-loader-"))
        self.addCleanup(shutil.rmtree, self.directory)
        self.addCleanup(os.chdir, os.getcwd())
        path, modules = list(sys.path), set(sys.modules)
        self.addCleanup(self._restore, path, modules)
        os.chdir(self.directory)

    @staticmethod
    def _restore(path: Sequence[str], modules: "set[str]") -> None:
        sys.path[:] = path
        for name in set(sys.modules) - modules:
            del sys.modules[name]

    def write(self, path: str, source: str = "") -> str:
        """Writes a file below the working directory of the test; returns its whole path."""
        whole = os.path.join(self.directory, path)
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        with open(whole, "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(source))
        return whole

    def load(self, text: str, chdir: str = "", python_path: Sequence[str] = ()) -> LoadedApplication:
        started_in = prepare_search_path(chdir, python_path)
        return load_application(text, started_in)

    def answer(self, text: str, chdir: str = "", python_path: Sequence[str] = ()) -> str:
        """Loads an application that answers its own name; returns that name."""
        (body,) = self.load(text, chdir, python_path).application({}, None)  # type: ignore[misc]
        return body.decode()

    def failure_of(self, kind: str, text: str, **options: Any) -> BootFailure:
        """Expects loading to fail in the given way; returns the failure."""
        with self.assertRaises(BootFailure) as caught:
            self.load(text, **options)
        failure = caught.exception
        self.assertEqual(failure.kind, kind, failure.message)
        self.assertTrue(failure.message and failure.hint)
        self.assertNotIn("\n", failure.message + failure.hint)
        self.assertEqual(bool(failure.traceback), kind == "raised")
        self.assertNotIn("gantry_worker", failure.traceback)
        self.assertNotIn("<frozen", failure.traceback)
        self.assertNotIn(os.path.join("importlib", "__init__.py"), failure.traceback)
        return failure
