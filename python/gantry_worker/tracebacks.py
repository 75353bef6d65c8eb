"""Tracebacks as the application's author should read them; only this file decides which frames are left out.

Those are Gantry's own on the way to the application, and the import system's. Where the application called Gantry
(`write`, `wsgi.input`), the frames stay: they show which rule was broken, or that the defect is Gantry's.
"""

from __future__ import annotations

import importlib
import os
from itertools import dropwhile
from traceback import FrameSummary, TracebackException
from typing import Iterator

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
    cleaned = _captured(error)
    waiting = [cleaned]
    while waiting:
        current = waiting.pop()
        frames = [frame for frame in current.stack if not _is_import_system(frame)]
        current.stack[:] = dropwhile(lambda frame: is_own_file(frame.filename), frames)
        waiting += [chained for chained in (current.__cause__, current.__context__) if chained]
        waiting += getattr(current, "exceptions", None) or []
    return cleaned


def _captured(error: BaseException) -> TracebackException:
    try:
        return TracebackException(type(error), error, error.__traceback__)
    except Exception:
        # Python 3.15 imports the package of a module that is missing, to say more of it, and so fails where that package did.
        named = [(each, each.name) for each in _chain(error) if isinstance(each, ImportError)]
        try:
            for each, _ in named:
                each.name = None
            return TracebackException(type(error), error, error.__traceback__)
        finally:
            for each, name in named:
                each.name = name


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen = {id(error)}
    waiting = [error]
    while waiting:
        current = waiting.pop()
        yield current
        for chained in (current.__cause__, current.__context__, *getattr(current, "exceptions", ())):
            if chained is not None and id(chained) not in seen:
                seen.add(id(chained))
                waiting.append(chained)


def _is_import_system(frame: FrameSummary) -> bool:
    return frame.filename.startswith(("<frozen importlib", "<frozen zipimport")) or frame.filename == importlib.__file__
