"""Tracebacks as the application's author should read them; only this file decides which frames are left out.

Those are Gantry's own on the way to the application, and the import system's. Where the application called Gantry
(`write`, `wsgi.input`), the frames stay: they show which rule was broken, or that the defect is Gantry's.
"""

from __future__ import annotations

import importlib
import os
from itertools import dropwhile
from traceback import FrameSummary, TracebackException

# As it is, not made absolute: the frames' file names begin with the same text.
_OWN_DIRECTORY = os.path.dirname(__file__)


def format_traceback(error: BaseException) -> str:
    """Returns the traceback as Python prints it, chained exceptions included."""
    return "".join(_clean(error).format())


def has_application_frame(error: BaseException) -> bool:
    """Tells whether code of the application took part; if not, Gantry or the import system raised by itself."""
    return bool(_clean(error).stack)


def is_own_file(filename: str) -> bool:
    """Tells whether a frame's file is one of Gantry's."""
    return os.path.dirname(filename) == _OWN_DIRECTORY


def _clean(error: BaseException) -> TracebackException:
    cleaned = TracebackException(type(error), error, error.__traceback__)
    waiting = [cleaned]
    while waiting:
        current = waiting.pop()
        frames = [frame for frame in current.stack if not _is_import_system(frame)]
        current.stack[:] = dropwhile(lambda frame: is_own_file(frame.filename), frames)
        waiting += [chained for chained in (current.__cause__, current.__context__) if chained]
        waiting += getattr(current, "exceptions", None) or []
    return cleaned


def _is_import_system(frame: FrameSummary) -> bool:
    return frame.filename.startswith(("<frozen importlib", "<frozen zipimport")) or frame.filename == importlib.__file__
