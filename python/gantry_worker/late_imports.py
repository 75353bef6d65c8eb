"""Modules of ours that only failures need: imported when they come, as a CGI program starts for every request."""

from __future__ import annotations

import importlib
import sys
from typing import Any

# As it is before the application's directories come first: a traceback.py in one of them must not take the standard library's place.
_PATH = sys.path[:]


def late(name: str) -> Any:
    """The module of this package with that name."""
    full_name = f"{__package__}.{name}"
    module = sys.modules.get(full_name)
    if module is None:
        path = sys.path[:]
        sys.path[:] = _PATH
        try:
            module = importlib.import_module(full_name)
        finally:
            sys.path[:] = path
    return module
