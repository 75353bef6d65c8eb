"""The init of a container: hands signals on, buries orphans, ends as its command does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import unittest
from typing import List

import context

INIT = os.path.join(context.PYTHON_DIRECTORY, "gantry_worker", "init.py")

# Starts a process that starts another and ends before it: the other one is an orphan, tells who has it now, and ends.
LEAVES_AN_ORPHAN = """
import os, subprocess, sys, time
ORPHAN = '''
import os, time
parent = os.getpid()
if os.fork() == 0:
    while os.getppid() == parent:
        time.sleep(0.01)
    print(os.getppid(), flush=True)
'''
subprocess.run([sys.executable, "-c", ORPHAN])
init = os.getppid()
def children():
    pids = open("/proc/{}/task/{}/children".format(init, init)).read().split()
    return [int(pid) for pid in pids]
while children() != [os.getpid()]:
    time.sleep(0.01)
print("buried", flush=True)
"""

TELLS_SIGNALS = """
import signal, sys
numbers = [signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGTTIN, signal.SIGQUIT]
signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
print("ready", flush=True)
for _ in numbers:
    print(signal.Signals(signal.sigwait(numbers)).name, flush=True)
"""


def run(script: str, **options: object) -> "subprocess.Popen[str]":
    command: List[str] = [sys.executable, "-I", "-S", INIT, sys.executable, "-c", script]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options)  # type: ignore


class Init(unittest.TestCase):
    def test_it_ends_with_the_status_of_its_command(self):
        for script, status in (
            ("raise SystemExit(7)", 7),
            ("pass", 0),
            ("import os; os.kill(os.getpid(), 9)", 128 + signal.SIGKILL),
        ):
            with run(script) as process:
                self.assertEqual(process.wait(20), status)

    def test_a_command_that_there_is_not_is_told(self):
        command = [sys.executable, INIT, "/nonexistent/command"]
        result = subprocess.run(command, stderr=subprocess.PIPE, text=True, timeout=20, check=False)
        self.assertEqual(result.returncode, 127)
        self.assertIn("cannot run /nonexistent/command", result.stderr)

    def test_signals_go_on_to_the_command_one_by_one(self):
        with run(TELLS_SIGNALS) as process:
            self.assertEqual(process.stdout.readline(), "ready\n")
            for name in ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGTTIN", "SIGQUIT"):
                process.send_signal(getattr(signal, name))
                self.assertEqual(process.stdout.readline(), name + "\n")
            self.assertEqual(process.wait(20), 0)

    def test_the_command_has_no_signals_blocked_or_ignored(self):
        with subprocess.Popen(
            [sys.executable, INIT, "grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"],
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            _, blocked, _, ignored = process.stdout.read().split()
        # Those from 32 on are the system library's own.
        self.assertEqual([int(signals, 16) & 0x7FFFFFFF for signals in (blocked, ignored)], [0, 0])

    @unittest.skipUnless(os.path.exists("/proc/self/task"), "needs Linux")
    def test_no_orphan_becomes_a_zombie(self):
        with run(LEAVES_AN_ORPHAN) as process:
            self.assertEqual(process.stdout.readline(), f"{process.pid}\n")
            self.assertEqual(process.stdout.readline(), "buried\n")
            self.assertEqual(process.wait(20), 0)


if __name__ == "__main__":
    unittest.main()
