"""What /stream and /download send. The same file is in all three framework examples."""

import pathlib
import tempfile
import threading
import time

_lock = threading.Lock()
_directory = None


def lines(count, delay_seconds):
    """Yield the lines one by one, with a rest between them, so that their arrival can be watched."""
    for number in range(1, count + 1):
        if number > 1:
            time.sleep(delay_seconds)
        yield f"line {number}\n".encode()


def number_from(text, default, highest):
    """Return the text as a number; or the default if there is no text, no number in it, or one out of range."""
    try:
        number = type(default)(text)
    except (TypeError, ValueError):
        return default
    return number if 0 <= number <= highest else default


def sample_file():
    """Return the path of a text file of 16384 lines of 64 bytes (1 MiB), written at first use."""
    global _directory
    with _lock:
        if _directory is None:
            directory = tempfile.TemporaryDirectory(prefix="gantry-example-")
            rows = "".join(f"{number:07d} {'.' * 55}\n" for number in range(16384))
            pathlib.Path(directory.name, "lines.txt").write_bytes(rows.encode())
            _directory = directory  # kept: it is removed together with the process
    return pathlib.Path(_directory.name, "lines.txt")
