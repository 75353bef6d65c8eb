"""Runs programs that print through `outputs`, and looks at what comes out of them."""

import os
import re
import subprocess
import sys
import unittest

PACKAGES = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "python")
MARK = "\x1emark"
BEGIN = f"""
import os, sys, threading
sys.path.insert(0, {PACKAGES!r})
from gantry_worker.outputs import Outputs
before = (sys.stdout.encoding, sys.stdout.errors, sys.stdout.fileno(), sys.stdout.isatty(), sys.stdout.name, sys.stdout.mode)
outputs = Outputs({MARK!r})
outputs.take_streams()

class Link:
    index, opening, serial = 2, 1, 7
"""


def run(program, **options):
    """What it wrote to standard output and standard error."""
    ran = subprocess.run(
        [sys.executable, "-u", "-c", BEGIN + program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30, **options
    )
    return ran.stdout.decode(), ran.stderr.decode()


def lines(text):
    return [re.sub("^" + MARK, "", line) for line in text.split("\n")[:-1]]


class OutputsTest(unittest.TestCase):
    def test_order_of_print_and_logging_is_kept(self):
        out, error = run(
            "import logging; logging.basicConfig(format='%(message)s')\n"
            "for i in range(50):\n    print('p', i)\n    logging.warning('l %d', i)\n"
        )
        self.assertEqual(out, "")
        self.assertEqual(lines(error), [f"{mark} {i}" for i in range(50) for mark in ("o:p", "e:l")])

    def test_a_line_bears_the_request_of_its_thread(self):
        _, error = run(
            "outputs.serving[threading.get_ident()] = Link()\nprint('a')\nsys.stderr.write('b\\nc')\n"
            "Link.serial = 8\nprint('d', file=sys.stderr)\n"
            "t = threading.Thread(target=print, args=('e',)); t.start(); t.join()\n"
        )
        self.assertEqual(lines(error), ["o2.1.7:a", "e2.1.7:b", "e2.1.7:c", "e2.1.8:d", "o:e"])

    def test_a_line_begun_comes_with_its_end_its_request_or_its_process(self):
        _, error = run(
            "outputs.serving[threading.get_ident()] = Link()\nprint('a', end='', flush=True)\nprint('b')\n"
            "print('c', end='')\noutputs.end_request()\nprint('d', end='')\n"
        )
        self.assertEqual(lines(error), ["o2.1.7:ab", "o2.1.7:c", "o2.1.7:d"])

    def test_threads_do_not_tear_each_others_lines(self):
        _, error = run(
            "def work(name):\n    for i in range(200):\n        print(name * 50, i)\n"
            "threads = [threading.Thread(target=work, args=(name,)) for name in 'abcd']\n"
            "for t in threads: t.start()\nfor t in threads: t.join()\n"
        )
        expected = sorted(f"o:{name * 50} {i}" for name in "abcd" for i in range(200))
        self.assertEqual(sorted(lines(error)), expected)

    def test_a_very_long_line_is_cut(self):
        _, error = run("sys.stdout.write('x' * 70000)\nsys.stdout.write('y' * 10 + '\\n')\n")
        self.assertEqual([len(line) for line in lines(error)], [70002, 12])

    def test_what_looks_at_the_streams_sees_what_it_saw(self):
        out, error = run(
            "after = (sys.stdout.encoding, sys.stdout.errors, sys.stdout.fileno(), sys.stdout.isatty(), sys.stdout.name, sys.stdout.mode)\n"
            "assert before == after, (before, after)\n"
            "sys.stdout.buffer.write(b'raw\\n'); sys.stdout.buffer.flush()\n"
        )
        self.assertEqual((out, lines(error)), ("", ["o:raw"]))

    def test_the_encoding_is_that_of_the_stream(self):
        ran = subprocess.run(
            [sys.executable, "-u", "-c", BEGIN + "print('\u00e9')\n"],
            stderr=subprocess.PIPE,
            timeout=30,
            env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        )
        self.assertEqual(ran.stderr, f"{MARK}o:".encode() + b"\xe9\n")

    def test_other_processes_and_descriptors_are_untouched(self):
        out, error = run(
            "import subprocess\nsubprocess.run([sys.executable, '-c', 'print(1)'])\nos.write(1, b'two\\n')\nos.write(2, b'three\\n')\n"
        )
        self.assertEqual((out, error), ("1\ntwo\n", "three\n"))

    def test_what_takes_the_place_of_a_descriptor_gets_what_is_printed(self):
        out, error = run(
            "r, w = os.pipe(); saved = os.dup(1); os.dup2(w, 1)\nprint('captured')\nos.dup2(saved, 1)\n"
            "print('printed'); os.write(2, os.read(r, 100))\n"
        )
        self.assertEqual(error, f"{MARK}o:printed\ncaptured\n")
        self.assertEqual(out, "")

    @unittest.skipUnless(hasattr(os, "fork"), "needs fork")
    def test_a_forked_process_prints_although_another_thread_held_the_lock(self):
        _, error = run(
            "held = threading.Event(); go = threading.Event()\n"
            "def hold():\n    with outputs._lock:\n        held.set(); go.wait(20)\n"
            "t = threading.Thread(target=hold); t.start(); held.wait()\n"
            "pid = os.fork()\n"
            "if pid == 0:\n    print('child'); os._exit(0)\n"
            "os.waitpid(pid, 0); go.set(); t.join(); print('parent')\n"
        )
        self.assertEqual(lines(error), ["o:child", "o:parent"])


if __name__ == "__main__":
    unittest.main()
