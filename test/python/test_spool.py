"""Large request bodies: the worker opens the file it is told, makes sure that it is the right one, and leaves it to the front."""

from __future__ import annotations

import os
import tempfile
import unittest
from typing import BinaryIO

import context  # noqa: F401

from gantry_worker.exchange import open_spool

BODY = bytes(range(256)) * 400
HAS_PROC = os.path.exists(f"/proc/{os.getpid()}/fd")


def path_of(file: BinaryIO) -> bytes:
    return f"/proc/{os.getpid()}/fd/{file.fileno()}".encode()


class NamedSpools(unittest.TestCase):
    def setUp(self) -> None:
        self.file = tempfile.NamedTemporaryFile(prefix="caf\xe9-")
        self.addCleanup(self.file.close)
        self.file.write(BODY)
        self.file.flush()

    def test_the_file_is_read_and_left_alone(self) -> None:
        with open_spool(os.fsencode(self.file.name)) as spool:
            self.assertEqual(spool.read(), BODY)
        self.assertTrue(os.path.exists(self.file.name))

    def test_a_file_that_the_front_has_removed_is_not_found(self) -> None:
        with self.assertRaises(FileNotFoundError):
            open_spool(os.fsencode(self.file.name) + b"-gone")


@unittest.skipUnless(HAS_PROC, "files without names are opened through /proc")
class UnnamedSpools(unittest.TestCase):
    def setUp(self) -> None:
        self.file = tempfile.TemporaryFile(buffering=0)
        self.addCleanup(self.file.close)
        self.file.write(BODY)

    def test_a_file_with_its_mark_is_read_from_its_start(self) -> None:
        os.utime(self.file.fileno(), (7, 7))
        with open_spool(path_of(self.file) + b"\x007") as spool:
            self.assertEqual(spool.read(), BODY)

    def test_each_reader_has_a_position_of_its_own(self) -> None:
        os.utime(self.file.fileno(), (7, 7))
        place = path_of(self.file) + b"\x007"
        with open_spool(place) as first, open_spool(place) as second:
            self.assertEqual(first.read(100), second.read(100))
        self.assertEqual(self.file.tell(), len(BODY))

    def test_another_body_that_came_to_the_same_descriptor_is_not_read(self) -> None:
        for mtime_ns in (8_000_000_000, 6_000_000_000, 7_000_000_001):
            os.utime(self.file.fileno(), ns=(mtime_ns, mtime_ns))
            with self.subTest(mtime_ns=mtime_ns), self.assertRaisesRegex(FileNotFoundError, "client has left"):
                open_spool(path_of(self.file) + b"\x007")

    def test_a_file_with_a_name_is_not_read_whatever_its_time(self) -> None:
        with tempfile.NamedTemporaryFile() as named:
            os.utime(named.fileno(), (7, 7))
            with self.assertRaisesRegex(FileNotFoundError, "client has left"):
                open_spool(path_of(named.file) + b"\x007")

    def test_nothing_stays_open_when_it_is_the_wrong_file(self) -> None:
        before = len(os.listdir("/proc/self/fd"))
        with self.assertRaises(FileNotFoundError):
            open_spool(path_of(self.file) + b"\x007")
        self.assertEqual(len(os.listdir("/proc/self/fd")), before)


if __name__ == "__main__":
    unittest.main()
