"""What is told about an application that raised, and the form of every failure."""

from __future__ import annotations

import sys
import unittest

from loading_case import LoadingCase

from gantry_worker.boot_failure import BootFailure


class Raised(LoadingCase):
    def raise_(self, source: str, text: str, message: str) -> BootFailure:
        self.write("shop.py", source)
        failure = self.failure_of("raised", text)
        self.assertIn(message, failure.message)
        return failure

    def test_an_exception_while_importing_shows_the_applications_frames_alone(self):
        path = self.write("stock.py", "def count(): return 1 / 0\nTOTAL = count()\n")
        failure = self.raise_("import stock\n", "shop", "importing shop raised ZeroDivisionError: division by zero")
        lines = failure.traceback.splitlines()
        self.assertEqual(lines[0], "Traceback (most recent call last):")
        self.assertIn("shop.py", lines[1])
        self.assertIn(f'File "{path}", line 1, in count', failure.traceback)
        self.assertEqual(lines[-1], "ZeroDivisionError: division by zero")
        self.assertIn(sys.executable, failure.hint)

    def test_chained_exceptions_are_kept_and_cleaned(self):
        source = """
            import importlib
            try: importlib.import_module('zzz')
            except ImportError as error: raise RuntimeError('no zzz') from error
            """
        failure = self.raise_(source, "shop.py", "raised RuntimeError: no zzz")
        self.assertIn("No module named 'zzz'", failure.traceback)
        self.assertIn("direct cause", failure.traceback)

    def test_a_module_that_the_application_needs_is_not_taken_for_the_application(self):
        failure = self.raise_("import zzz.y\n", "shop", 'failed because the module "zzz" that it needs was not found')
        self.assertIn(f"{sys.executable} -m pip install", failure.hint)
        self.assertIn("import zzz.y", failure.traceback)

    def test_a_package_that_imports_a_missing_module_of_its_own_raised(self):
        self.write("pack/__init__.py", "import pack.wsgi\n")
        self.assertIn("import pack.wsgi", self.failure_of("raised", "pack.wsgi").traceback)

    def test_a_syntax_error_is_placed(self):
        failure = self.raise_("x = 1\nx = = 2\n", "shop", "importing shop met a SyntaxError in ")
        self.assertIn("shop.py, line 2: invalid syntax", failure.message)
        self.assertIn("x = = 2", failure.traceback)

    def test_an_exit_while_importing_is_said_to_end_the_process(self):
        failure = self.raise_("import sys\nsys.exit(3)\n", "shop", "importing shop ended the process: SystemExit(3)")
        self.assertIn("__main__", failure.hint)

    def test_an_exception_of_many_lines_makes_one_line(self):
        self.raise_("raise ValueError('one\\ntwo')", "shop", "importing shop raised ValueError: one")

    def test_an_exception_that_cannot_be_printed_is_still_reported(self):
        source = "class Odd(Exception):\n    def __str__(self): raise ValueError\nraise Odd\n"
        self.raise_(source, "shop", "importing shop raised Odd")

    def test_an_exception_in_the_factory_is_the_applications(self):
        source = "def make(kind): return len(kind)\n"
        failure = self.raise_(source, "shop:make(1)", "calling shop:make(1) raised TypeError: object of type 'int'")
        self.assertIn("in make", failure.traceback)

    def test_a_relative_import_in_a_file_is_told_about_dotted_names(self):
        self.write("shop/wsgi.py", "from . import stock\n")
        self.assertIn("dotted name, with --chdir", self.failure_of("raised", "shop/wsgi.py").hint)

    def test_an_exception_while_the_attribute_is_read_is_the_applications(self):
        self.write("shop.py", "def __getattr__(name): raise ValueError('lazy ' + name)\n")
        failure = self.failure_of("raised", "shop")
        self.assertEqual(failure.message, "reading shop:application raised ValueError: lazy application")


class Payload(LoadingCase):
    def test_a_failure_is_the_payload_of_its_frame(self):
        failure = self.failure_of("bad-specification", "")
        self.assertEqual(sorted(failure.to_dict()), ["hint", "kind", "message", "traceback"])


if __name__ == "__main__":
    unittest.main()
