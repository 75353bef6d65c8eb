"""Loads the application that a specification names, or says in one line why that cannot be done.

Everything that can go wrong before the first request ends here as a BootFailure; only KeyboardInterrupt passes.
In this order: the public part, importing, following attributes, calling a factory.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import keyword
import os
import re
import sys
from types import FunctionType, ModuleType
from typing import Callable, NamedTuple, Sequence, Tuple

from .boot_failure import BootFailure, one_line, raised
from .late_imports import late
from .specification import Specification, SpecificationError, parse_specification

DEFAULT_ATTRIBUTES = ("application", "app")
_ABSENT = object()
# As in the module inspect.
_CO_COROUTINE = 0x80
_CO_ASYNC_GENERATOR = 0x200


class LoadedApplication(NamedTuple):
    """An application that is ready to be called."""

    application: Callable[..., object]
    description: str
    """One line for the banner: `shop.wsgi:application (Flask, /srv/shop/wsgi.py)`."""


def prepare_search_path(chdir: str, python_path: Sequence[str]) -> str:
    """Changes to the directory `chdir` (empty: stays) and orders sys.path; returns the directory that was left.

    The working directory comes first, then the --pythonpath entries (relative ones count from it), then the rest.
    Raises BootFailure if the directory cannot be entered.
    """
    started_in = os.getcwd()
    try:
        if chdir:
            os.chdir(chdir)
    except OSError as error:
        message = f"cannot change to the directory {chdir}: {error.strerror}"
        raise BootFailure("not-found", message, f"--chdir counts from {started_in}.") from None
    here = os.getcwd()
    first = [here, *(os.path.normpath(os.path.join(here, entry)) for entry in python_path)]
    # "" means the working directory too, and nothing should be searched twice.
    sys.path[:] = list(dict.fromkeys(first)) + [entry for entry in sys.path if entry and entry not in first]
    return started_in


def load_application(text: str, started_in: str = "") -> LoadedApplication:
    """Imports and returns the application named by `text`; prepare_search_path comes first.

    `started_in` is the directory where the command was given, for hints about --chdir. Raises BootFailure.
    """
    try:
        specification = parse_specification(text)
    except SpecificationError as error:
        raise BootFailure("bad-specification", error.message, error.hint) from None
    started_in = started_in or os.getcwd()
    if specification.file is not None:
        module = _import_file(specification.file, started_in)
    else:
        module = _import_module(specification.place, started_in)
    label, found = _find_target(specification, module)
    if specification.call is not None:
        label, found = _call_factory(specification, module, label, found)
    application = found
    if not _is_plain_application(found):
        application = late("application_check").check_application(specification, module, label, found)
    return LoadedApplication(application, _describe(label, application, module))


def _is_plain_application(found: object) -> bool:
    """Tells whether this is the usual case, a function of two parameters, which needs no closer look."""
    if type(found) is not FunctionType or found.__defaults__ is not None:
        return False
    code = found.__code__
    is_asynchronous = code.co_flags & (_CO_COROUTINE | _CO_ASYNC_GENERATOR)
    return code.co_argcount == 2 and code.co_kwonlyargcount == 0 and not is_asynchronous


def _import_module(name: str, started_in: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        missing = _find_missing(error, name)
        if missing:
            raise late("boot_hints").module_missing(name, missing, started_in) from None
        raise raised(error, f"importing {name}") from error


def _find_missing(error: BaseException, name: str) -> str:
    """Tells "the named module does not exist" from "it exists and raised": returns the name that is missing, or "".

    In the first case the import system raised before any code of the application ran, so no frame of it is left.
    """
    missing = error.name if isinstance(error, ModuleNotFoundError) and error.name else ""
    is_named = bool(missing) and f"{name}.".startswith(f"{missing}.")
    return missing if is_named and not late("tracebacks").has_application_frame(error) else ""


def _import_file(file: str, started_in: str) -> ModuleType:
    """Imports one file as a module of its own name, never as `__main__`, so that its main guard stays shut."""
    path = os.path.abspath(file)
    if not os.path.isfile(path):
        raise late("boot_hints").file_missing(file, path, started_in)
    directory, stem = os.path.dirname(path), os.path.splitext(os.path.basename(path))[0]
    if stem == "__init__":
        # A package is importable from the directory that holds it, under the name of its folder.
        directory, stem = os.path.split(directory)
    sys.path[:] = [directory] + [entry for entry in sys.path if entry != directory]
    return _execute_file(path, _free_module_name(stem))


def _execute_file(path: str, name: str) -> ModuleType:
    # A loader is named because without one only files that end in .py are accepted, not `app.wsgi`.
    loader = importlib.machinery.SourceFileLoader(name, path)
    module_spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    assert module_spec is not None
    module = importlib.util.module_from_spec(module_spec)
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        sys.modules.pop(name, None)
        if isinstance(error, OSError) and not late("tracebacks").has_application_frame(error):
            message = f"cannot read {path}: {error.strerror}"
            raise BootFailure("not-found", message, "The server's user must be able to read the file.") from None
        raise raised(error, f"importing {path}") from error
    # As the import system has it: a module may put another object in its place.
    return sys.modules.get(name, module)


def _free_module_name(stem: str) -> str:
    """Returns the name to register a file under: its own if it can be one, so that what it defines can be pickled."""
    identifier = re.sub(r"\W", "_", stem)
    if not identifier.isidentifier() or keyword.iskeyword(identifier):
        identifier = f"_{identifier}"
    name = identifier
    while name in sys.modules:
        name = f"{name}_application"
    return name


def _find_target(specification: Specification, module: ModuleType) -> Tuple[str, object]:
    """Returns the name in full of the object that is named, and the object. Raises BootFailure."""
    if not specification.attributes:
        return _find_default(specification, module)
    owner: object = module
    for depth, attribute in enumerate(specification.attributes):
        label = _label(specification, specification.attributes[: depth + 1])
        found = _read_attribute(owner, attribute, label)
        if found is _ABSENT:
            followed = specification.attributes[:depth]
            raise late("boot_hints").attribute_missing(specification, module, followed, owner, attribute)
        owner = found
    return label, owner


def _find_default(specification: Specification, module: ModuleType) -> Tuple[str, object]:
    """Returns the first usual name that can be called, else the first there is: the refusal then says what it holds."""
    labels = {name: _label(specification, (name,)) for name in DEFAULT_ATTRIBUTES}
    values = {label: _read_attribute(module, name, label) for name, label in labels.items()}
    present = [(label, value) for label, value in values.items() if value is not _ABSENT]
    if not present:
        tried = " nor ".join(f'"{name}"' for name in DEFAULT_ATTRIBUTES)
        hints = late("boot_hints")
        hint = hints.attribute_hint(specification, module, (), module, DEFAULT_ATTRIBUTES)
        raise BootFailure("no-attribute", f"{hints.name_module(specification)} has neither {tried}", hint)
    return next((pair for pair in present if callable(pair[1])), present[0])


def _read_attribute(owner: object, attribute: str, label: str) -> object:
    """Returns an attribute or _ABSENT; reading may run code of the application, whose exception is a BootFailure."""
    try:
        return getattr(owner, attribute)
    except KeyboardInterrupt:
        raise
    except AttributeError:
        return _ABSENT
    except BaseException as error:
        raise raised(error, f"reading {label}") from error


def _label(specification: Specification, attributes: Sequence[str]) -> str:
    return f"{specification.place}:{'.'.join(attributes)}"


def _call_factory(
    specification: Specification, module: ModuleType, label: str, factory: object
) -> Tuple[str, object]:
    """Calls the factory with the arguments of the specification; returns the call as written and what it made."""
    assert specification.call is not None
    if not callable(factory):
        check = late("application_check")
        message = f"{label} is {check.describe_value(factory)}, which cannot be called"
        raise check.not_callable(specification, module, message, factory)
    call = f"{specification.place}:{specification.target}"
    try:
        made = factory(*specification.call.arguments, **specification.call.keywords)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        # A TypeError without any frame of the application's comes from the call itself.
        if isinstance(error, TypeError) and not late("tracebacks").has_application_frame(error):
            raise _wrong_arguments(label, call, factory, error) from None
        raise raised(error, f"calling {call}") from error
    return call, made


def _wrong_arguments(label: str, call: str, factory: object, error: TypeError) -> BootFailure:
    check = late("application_check")
    if check.looks_like_application(factory):
        hint = f"{label} is a WSGI application already: write it without parentheses."
    else:
        hint = f"It is called as {label.rpartition(':')[2]}{check.signature_text(factory)}."
    return BootFailure("bad-specification", f"{call} does not fit the factory: {error}", hint)


def _describe(label: str, application: object, module: ModuleType) -> str:
    kind = application.__name__ if isinstance(application, type) else type(application).__name__
    origin = getattr(module, "__file__", None)
    return one_line(f"{label} ({kind}, {origin})" if origin else f"{label} ({kind})")
