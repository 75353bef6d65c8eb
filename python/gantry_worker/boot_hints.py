"""The failures for what is not there (a module, a file, an attribute), each with a hint at what was probably meant.

Only looks: hints come from directories and from modules that are loaded already, nothing is imported for them.
"""

from __future__ import annotations

import difflib
import os
import sys
import sysconfig
from types import ModuleType
from typing import Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from .application_check import callable_names, suggestions
from .boot_failure import BootFailure
from .specification import Specification

_USUAL_MODULES = ("wsgi", "app", "application", "main")
_GANTRY_ON_PATH = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def name_module(specification: Specification) -> str:
    """Returns what was named before the colon, as it stands in a sentence."""
    return f"the {'file' if specification.file else 'module'} {specification.place}"


def attribute_missing(
    specification: Specification, module: ModuleType, path: Tuple[str, ...], owner: object, attribute: str
) -> BootFailure:
    whole = f"{specification.place}:{'.'.join(path)}" if path else name_module(specification)
    hint = attribute_hint(specification, module, path, owner, (attribute,))
    return BootFailure("no-attribute", f'{whole} has no attribute "{attribute}"', hint)


def attribute_hint(
    specification: Specification, module: ModuleType, path: Tuple[str, ...], owner: object, wanted: Sequence[str]
) -> str:
    """Returns the most telling of: what hides the module, close names and likely applications, submodules, names."""
    hiding = _hiding_hint(specification.place, module) if specification.file is None else ""
    if hiding:
        return hiding
    prefix = f"{specification.place}:{''.join(name + '.' for name in path)}"
    close = _close_names(wanted[0], callable_names(owner))
    likely = suggestions(specification.place, module) if owner is module else {}
    shown = [likely.get(f"{prefix}{name}", f"{prefix}{name}") for name in close] if len(wanted) == 1 else []
    shown = (shown + [text for text in likely.values() if text not in shown])[:3]
    if shown:
        note = " A factory is called with parentheses." if any(text.endswith("()") for text in shown) else ""
        return f"Did you mean {_join_or(shown)}?{note}"
    submodules = [f"{specification.module}.{name}" for name in _submodules(module, wanted)]
    if submodules and owner is module:
        return f"Did you mean the module {_join_or(submodules[:3])}?"
    if os.path.basename(getattr(module, "__file__", None) or "") == "manage.py":
        return "It runs Django's commands. The application is in wsgi.py of the project: `gantry init` finds it."
    names = callable_names(owner)
    return f"It has these callables: {', '.join(names[:8])}." if names else "It has no public callables."


def _submodules(module: ModuleType, wanted: Sequence[str]) -> List[str]:
    """Returns the modules of a package that are likely meant: those wanted by name, else the usual ones."""
    present = _module_names(getattr(module, "__path__", ()))
    return _close_names(wanted[0], present) or [name for name in _USUAL_MODULES if name in present]


def _hiding_hint(name: str, module: object) -> str:
    """Returns a hint if what was meant lies in the working directory but another module of its name was found first."""
    top, here = name.partition(".")[0], os.path.join(os.getcwd(), "")
    module = sys.modules.get(top, module)
    origin = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), "a built-in module")
    hidden = next((near for near in (f"./{top}.py", f"./{top}") if os.path.exists(near)), "")
    if not hidden or origin.startswith(here):
        return ""
    return f"{top} was found as {origin}, which hides {hidden}: rename yours, or name the file by its path."


def module_missing(name: str, missing: str, started_in: str) -> BootFailure:
    """Makes the failure for a module that is missing: `missing` is its name, or that of the first parent that is."""
    parent, _, last = missing.rpartition(".")
    owner = sys.modules.get(parent)
    if owner is None:
        message = f'there is no {"module" if name == missing else "package"} named "{missing}"'
    else:
        kind = "package" if hasattr(owner, "__path__") else "module"
        message = f'there is no module "{last}" in the {kind} "{parent}"'
    near = _module_hint(name, missing, owner, started_in)
    return BootFailure("not-found", message, f"{near} {_describe_search_path()}".strip())


def _module_hint(name: str, missing: str, owner: Optional[ModuleType], started_in: str) -> str:
    parent, _, last = missing.rpartition(".")
    if name == missing and callable(getattr(owner, "__dict__", {}).get(last)):
        return f"An attribute follows a colon: {parent}:{last}."
    if owner is not None and _hiding_hint(name, owner):
        return _hiding_hint(name, owner)
    if os.path.isfile(name):
        return f"To name a file that does not end in .py, write ./{name}."
    place = _elsewhere(os.path.join(*name.split(".")), started_in)
    if place:
        return place
    search = getattr(owner, "__path__", None) if owner else [os.getcwd()]
    close = [f"{parent}.{near}" if parent else near for near in _close_names(last, _module_names(search or ()))]
    return f"Did you mean {_join_or([near + name[len(missing):] for near in close])}?" if close else ""


def _elsewhere(module_path: str, started_in: str) -> str:
    """Looks for a module one level below the working directory, above it, and where the command was given."""
    here = os.getcwd()
    below = [entry.path for entry in _entries(here) if os.path.isdir(entry.path)]
    for directory in (started_in, *below, os.path.dirname(here)):
        stem = os.path.join(directory, module_path)
        files = (f"{stem}.py", os.path.join(stem, "__init__.py"))
        if directory == here or not any(map(os.path.isfile, files)):
            continue
        if directory == started_in:
            return f"It is in {started_in}, where the command was given: leave out --chdir."
        return f"It is in {directory}: add --chdir {os.path.relpath(directory, started_in)}."
    return ""


def file_missing(file: str, path: str, started_in: str) -> BootFailure:
    if os.path.isdir(path):
        inside = [entry.name for entry in _entries(path) if entry.name.endswith(".py")]
        likely = [f"{name}.py" for name in _USUAL_MODULES if f"{name}.py" in inside] or inside[:1]
        hint = f"Did you mean {os.path.join(file, likely[0])}?" if likely else "Name a file in it."
        return BootFailure("not-found", f"{file} is a directory, not a file", hint)
    if os.path.exists(path):
        return BootFailure("not-found", f"{file} is not a regular file", "Name a file with Python source.")
    directory, name = os.path.split(path)
    elsewhere = os.path.join(started_in, file)
    close = _close_names(name, [entry.name for entry in _entries(directory)])
    if os.path.isfile(elsewhere):
        hint = f"The path counts from the working directory, {os.getcwd()}; there is a {elsewhere}: leave out --chdir."
    elif close:
        hint = f"Did you mean {_join_or([os.path.join(os.path.dirname(file), near) for near in close])}?"
    elif not os.path.isdir(directory):
        hint = f"There is no directory {directory} either."
    else:
        hint = f"The path counts from the working directory, {os.getcwd()}."
    return BootFailure("not-found", f"there is no file {file}", hint)


def _describe_search_path(limit: int = 5) -> str:
    """Returns sys.path as a sentence, without Python's own library and Gantry itself: no application is in there."""
    paths = sysconfig.get_paths()
    skipped = {paths["stdlib"], paths["platstdlib"], _GANTRY_ON_PATH}
    entries = [entry for entry in sys.path if entry not in skipped]
    searched = [entry for entry in entries if not str(entry).endswith((".zip", "lib-dynload"))]
    shown = [entry if os.path.exists(entry) else f"{entry} (does not exist)" for entry in searched[:limit]]
    more = f" and {len(searched) - limit} more" if len(searched) > limit else ""
    return f"Searched: {', '.join(shown)}{more}."


def _module_names(directories: Iterable[str]) -> List[str]:
    """Returns the names that could be imported from some directories: files and folders, without importing them."""
    names: Dict[str, None] = {}
    for directory in directories:
        for entry in _entries(directory):
            name = entry.name[:-3] if entry.name.endswith(".py") else entry.name if os.path.isdir(entry.path) else ""
            if name and name not in ("__init__", "__pycache__"):
                names[name] = None
    return list(names)


def _entries(directory: str) -> Iterator["os.DirEntry[str]"]:
    """Yields what a directory holds, sorted and without hidden entries; nothing if it cannot be read."""
    try:
        with os.scandir(directory) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    yield from (entry for entry in found if not entry.name.startswith("."))


def _close_names(wanted: str, names: Iterable[str]) -> List[str]:
    """Returns at most three names that resemble the wanted one, the nearest first; case does not count."""
    by_folded: Dict[str, str] = {}
    for name in names:
        by_folded.setdefault(name.casefold(), name)
    return [by_folded[near] for near in difflib.get_close_matches(wanted.casefold(), by_folded, n=3, cutoff=0.6)]


def _join_or(names: Sequence[str]) -> str:
    return " or ".join(names)
