"""`wsgi.file_wrapper` (W46): which files the front may send itself, and which bytes of them."""

from __future__ import annotations

import bz2
import gzip
import io
import os
import shutil
import tempfile
import unittest
from typing import Any, Optional

import context  # noqa: F401

from gantry_worker.file_wrapper import FileWrapper, real_file

CONTENT = bytes(range(256)) * 100
HAS_PROC = os.path.exists(f"/proc/{os.getpid()}/fd")


def bytes_of(file: Any) -> Optional[bytes]:
    """What the front would send: it opens the path itself. None if Python has to read the file."""
    real = real_file(file)
    path = real.openable_path() if real is not None else None
    if real is None or path is None:
        return None
    with open(path, "rb") as opened:
        opened.seek(real.offset)
        data = opened.read(real.size)
    assert len(data) == real.size
    # Short files are read here: whoever does it, the same bytes are sent.
    assert real.read(real.size) == data
    return data


class FileCase(unittest.TestCase):
    def setUp(self) -> None:
        self.directory = tempfile.mkdtemp(prefix="gantry-files-")
        self.addCleanup(shutil.rmtree, self.directory)
        self.path = os.path.join(self.directory, "caf\xe9 data")
        with open(self.path, "wb") as file:
            file.write(CONTENT)

    def open(self, *arguments: Any, **options: Any) -> Any:
        file = open(self.path, *arguments, **options)
        self.addCleanup(file.close)
        return file


class RealFiles(FileCase):
    def test_W46_the_whole_of_a_file(self):
        self.assertEqual(bytes_of(self.open("rb")), CONTENT)

    def test_W46_an_unbuffered_file_and_one_that_may_be_written(self):
        self.assertEqual(bytes_of(self.open("rb", buffering=0)), CONTENT)
        self.assertEqual(bytes_of(self.open("r+b")), CONTENT)

    def test_W46_from_its_position_on(self):
        for buffering in (0, -1):
            file = self.open("rb", buffering=buffering)
            file.seek(1000)
            self.assertEqual(bytes_of(file), CONTENT[1000:])

    def test_W46_from_where_reading_stopped_though_more_was_buffered(self):
        file = self.open("rb")
        file.read(7)
        self.assertEqual(bytes_of(file), CONTENT[7:])
        file.readline()
        self.assertEqual(bytes_of(file), CONTENT[11:])

    def test_W46_asking_moves_nothing(self):
        file = self.open("rb")
        file.seek(5)
        self.assertEqual(bytes_of(file), CONTENT[5:])
        self.assertEqual(file.read(), CONTENT[5:])

    def test_W46_nothing_from_the_end_and_beyond(self):
        file = self.open("rb")
        for position in (len(CONTENT), len(CONTENT) + 10):
            file.seek(position)
            self.assertEqual(bytes_of(file), b"")

    def test_W46_a_link_to_a_file(self):
        link = os.path.join(self.directory, "link")
        os.symlink(self.path, link)
        with open(link, "rb") as file:
            self.assertEqual(bytes_of(file), CONTENT)

    def test_W46_a_relative_path_from_any_working_directory(self):
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.directory)
        with open(os.path.basename(self.path), "rb") as file:
            os.chdir("/")
            # Without /proc the name means nothing here any more, and another file must not stand in.
            self.assertEqual(bytes_of(file), CONTENT if HAS_PROC else None)

    def test_W46_temporary_files(self):
        with tempfile.NamedTemporaryFile() as named:
            named.write(CONTENT)
            named.seek(3)
            self.assertEqual(bytes_of(named), CONTENT[3:])
        with tempfile.TemporaryFile() as unnamed:
            unnamed.write(CONTENT)
            unnamed.seek(0)
            self.assertEqual(bytes_of(unnamed), CONTENT if HAS_PROC else None)

    @unittest.skipUnless(HAS_PROC, "only /proc names an open file that has lost its name")
    def test_W46_a_file_that_was_renamed_or_removed_since(self):
        file = self.open("rb")
        os.rename(self.path, self.path + ".old")
        self.assertEqual(bytes_of(file), CONTENT)
        os.unlink(self.path + ".old")
        self.assertEqual(bytes_of(file), CONTENT)

    def test_W46_another_file_that_took_its_name_is_never_sent_in_its_place(self):
        file = self.open("rb")
        os.rename(self.path, self.path + ".old")
        with open(self.path, "wb") as other:
            other.write(b"another")
        self.assertEqual(bytes_of(file), CONTENT if HAS_PROC else None)


class OtherFiles(FileCase):
    def test_W46_compressed_files_which_have_a_descriptor_and_other_bytes(self):
        for module in (gzip, bz2):
            packed = os.path.join(self.directory, module.__name__)
            with module.open(packed, "wb") as writer:
                writer.write(CONTENT)
            with module.open(packed, "rb") as reader:
                self.assertIsInstance(reader.fileno(), int)
                self.assertIsNone(real_file(reader))
                self.assertEqual(b"".join(FileWrapper(reader)), CONTENT)
            with io.BufferedReader(module.open(packed, "rb")) as buffered:
                self.assertIsNone(real_file(buffered))

    def test_W46_a_class_of_the_applications_own_may_read_as_it_likes(self):
        class Shouting(io.FileIO):
            def read(self, size: int = -1) -> bytes:
                return super().read(size).upper()

        class Counting(io.BufferedReader):
            pass

        with Shouting(self.path) as shouting, Counting(io.FileIO(self.path)) as counting:
            self.assertIsNone(real_file(shouting))
            self.assertIsNone(real_file(counting))
            with io.BufferedReader(Shouting(self.path)) as buffered:
                self.assertIsNone(real_file(buffered))

    def test_W46_text_files(self):
        self.assertIsNone(real_file(self.open("r", encoding="latin-1")))

    def test_W46_what_is_no_file_at_all(self):
        for file in (io.BytesIO(CONTENT), io.StringIO("x"), iter(()), None, 7, "path"):
            self.assertIsNone(real_file(file))

    def test_W46_a_spooled_temporary_file_may_be_in_memory(self):
        with tempfile.SpooledTemporaryFile() as file:
            file.write(CONTENT)
            file.seek(0)
            self.assertIsNone(real_file(file))

    def test_W46_pipes_and_devices(self):
        reading, writing = os.pipe()
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            self.assertIsNone(real_file(pipe))
        with open(os.devnull, "rb") as device:
            self.assertIsNone(real_file(device))

    def test_W46_a_closed_file(self):
        file = self.open("rb")
        file.close()
        self.assertIsNone(real_file(file))


class Wrapper(unittest.TestCase):
    def test_W46_gives_blocks_of_the_size_asked_for(self):
        self.assertEqual(list(FileWrapper(io.BytesIO(b"abcdefg"), 3)), [b"abc", b"def", b"g"])

    def test_W46_starts_at_the_files_position(self):
        file = io.BytesIO(b"abcdefg")
        file.seek(5)
        self.assertEqual(list(FileWrapper(file)), [b"fg"])

    def test_W46_is_content_with_anything_that_reads(self):
        class Reader:
            def __init__(self) -> None:
                self.blocks = [b"a", b"b", b""]

            def read(self, size: int) -> bytes:
                return self.blocks.pop(0)

        wrapper = FileWrapper(Reader())
        self.assertEqual(list(wrapper), [b"a", b"b"])
        self.assertFalse(hasattr(wrapper, "close"))

    def test_W45_close_is_the_files_own(self):
        file = io.BytesIO(b"abc")
        FileWrapper(file).close()
        self.assertTrue(file.closed)


if __name__ == "__main__":
    unittest.main()
