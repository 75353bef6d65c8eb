"""Loads the application that a specification names, or says in one line why that cannot be done.

Everything that can go wrong before the first request ends here as a BootFailure; only KeyboardInterrupt passes.
In this order: the public part, importing, following attributes, checking what was found, messages and hints.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.machinery
import importlib.util
import inspect
import keyword
import os
import re
import sys
import sysconfig
import traceback
from types import ModuleType
from typing import Callable, Dict, Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from .specification import Specification, SpecificationError, parse_specification

DEFAULT_ATTRIBUTES = ("application", "app")
_USUAL_MODULES = ("wsgi", "app", "application", "main")

_OWN_DIRECTORY = os.path.dirname(os.path.abspath(__file__))
_FACTORY_NAME = re.compile(r"(?!.*asgi)((create|make|build|get)_(\w+_)?(app|application)|(app|application)_factory)")
_MAX_LINE = 500
_ABSENT = object()


class LoadedApplication(NamedTuple):
    """An application that is ready to be called."""

    application: Callable[..., object]
    description: str
    """One line for the banner: `shop.wsgi:application (Flask, /srv/shop/wsgi.py)`."""


class BootFailure(Exception):
    """Why the application cannot be served.

    `kind` is one of not-found, no-attribute, not-callable, raised, bad-specification (protocol/link.md, `boot-failed`);
    `message` and `hint` are single lines; `traceback` is empty unless the application itself raised.
    """

    def __init__(self, kind: str, message: str, hint: str, traceback: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.message = _one_line(message)
        self.hint = _one_line(hint)
        self.traceback = traceback

    def to_dict(self) -> Dict[str, str]:
        """Returns the payload of the `boot-failed` frame."""
        return {"kind": self.kind, "message": self.message, "hint": self.hint, "traceback": self.traceback}


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
    application = _check_application(specification, module, label, found)
    return LoadedApplication(application, _describe(label, application, module))


def _import_module(name: str, started_in: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        missing = _find_missing(error, name)
        if missing:
            raise _module_missing(name, missing, started_in) from None
        raise _raised(error, f"importing {name}") from error


def _find_missing(error: BaseException, name: str) -> str:
    """Tells "the named module does not exist" from "it exists and raised": returns the name that is missing, or "".

    In the first case the import system raised before any code of the application ran, so no frame of it is left.
    """
    missing = error.name if isinstance(error, ModuleNotFoundError) and error.name else ""
    is_named = bool(missing) and f"{name}.".startswith(f"{missing}.")
    return missing if is_named and not _own_traceback(error).stack else ""


def _import_file(file: str, started_in: str) -> ModuleType:
    """Imports one file as a module of its own name, never as `__main__`, so that its main guard stays shut."""
    path = os.path.abspath(file)
    if not os.path.isfile(path):
        raise _file_missing(file, path, started_in)
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
        if isinstance(error, OSError) and not _own_traceback(error).stack:
            message = f"cannot read {path}: {error.strerror}"
            raise BootFailure("not-found", message, "The server's user must be able to read the file.") from None
        raise _raised(error, f"importing {path}") from error
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
            raise _attribute_missing(specification, module, specification.attributes[:depth], owner, attribute)
        owner = found
    return label, owner


def _find_default(specification: Specification, module: ModuleType) -> Tuple[str, object]:
    """Returns the first usual name that can be called, else the first there is: the refusal then says what it holds."""
    labels = {name: _label(specification, (name,)) for name in DEFAULT_ATTRIBUTES}
    values = {label: _read_attribute(module, name, label) for name, label in labels.items()}
    present = [(label, value) for label, value in values.items() if value is not _ABSENT]
    if not present:
        tried = " nor ".join(f'"{name}"' for name in DEFAULT_ATTRIBUTES)
        hint = _attribute_hint(specification, module, (), module, DEFAULT_ATTRIBUTES)
        raise BootFailure("no-attribute", f"{_name_module(specification)} has neither {tried}", hint)
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
        raise _raised(error, f"reading {label}") from error


def _label(specification: Specification, attributes: Sequence[str]) -> str:
    return f"{specification.place}:{'.'.join(attributes)}"


def _call_factory(
    specification: Specification, module: ModuleType, label: str, factory: object
) -> Tuple[str, object]:
    """Calls the factory with the arguments of the specification; returns the call as written and what it made."""
    assert specification.call is not None
    if not callable(factory):
        message = f"{label} is {_describe_value(factory)}, which cannot be called"
        raise _not_callable(specification, module, message, factory)
    call = f"{specification.place}:{specification.target}"
    try:
        made = factory(*specification.call.arguments, **specification.call.keywords)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        # A TypeError without any frame of the application's comes from the call itself.
        if isinstance(error, TypeError) and not _own_traceback(error).stack:
            raise _wrong_arguments(label, call, factory, error) from None
        raise _raised(error, f"calling {call}") from error
    return call, made


def _wrong_arguments(label: str, call: str, factory: object, error: TypeError) -> BootFailure:
    if _looks_like_application(factory):
        hint = f"{label} is a WSGI application already: write it without parentheses."
    else:
        hint = f"It is called as {label.rpartition(':')[2]}{_signature_text(factory)}."
    return BootFailure("bad-specification", f"{call} does not fit the factory: {error}", hint)


def _check_application(
    specification: Specification, module: ModuleType, label: str, application: object
) -> Callable[..., object]:
    """Returns the application, unless it can be seen without a request that it is none. Raises BootFailure."""
    verb = "is" if specification.call is None else "returned"
    if inspect.iscoroutine(application):
        application.close()  # or Python would complain that it was never awaited
        hint = "A WSGI application and its factory are ordinary functions: `def`, not `async def`."
        raise BootFailure("not-callable", f"the factory {label} is an async function", hint)
    if not callable(application):
        message = f"{label} {verb} {_describe_value(application)}, which cannot be called"
        raise _not_callable(specification, module, message, application)
    if _is_asynchronous(application):
        raise _asynchronous(specification, f"{label} {verb}", application)
    if not _accepts_two(application) or _is_uncalled_factory(specification, application):
        raise _wrong_signature(specification, f"{label} {verb}", label, application)
    return application


def _not_callable(
    specification: Specification, module: ModuleType, message: str, value: object
) -> BootFailure:
    likely = list(_suggestions(specification.place, module).values())
    hint = "A WSGI application is a callable that takes (environ, start_response)."
    if isinstance(value, ModuleType):
        hint = f"An attribute of a module follows a colon: {value.__name__}:application."
    elif specification.call is not None:
        hint = "Does the factory end with `return app`?" if value is None else hint
    elif likely:
        hint = f"Did you mean {_join_or(likely[:3])}?"
    elif value is None:
        hint = "Where is it assigned? What stands under `if __name__ == '__main__':` does not run in a server."
    return BootFailure("not-callable", message, hint)


def _is_asynchronous(application: Callable[..., object]) -> bool:
    # inspect looks at functions; of an object it is the type's __call__ that will run.
    functions = (application, None if inspect.isclass(application) else type(application).__call__)
    try:
        return any(inspect.iscoroutinefunction(function) for function in functions)
    except Exception:  # a proxy may answer any question with an exception
        return False


def _asynchronous(specification: Specification, start: str, application: Callable[..., object]) -> BootFailure:
    if not _is_asgi(application):
        hint = "A WSGI application is an ordinary function: `def`, not `async def`."
        return BootFailure("not-callable", f"{start} an async function, not a WSGI application", hint)
    place, dot, last = specification.place.rpartition(".")
    hint = "Wrap it with `a2wsgi.ASGIMiddleware(app)`, or use an ASGI server."
    if last == "asgi":
        hint = f"Frameworks that make an asgi module make one for WSGI too: {place}{dot}wsgi. {hint}"
    return BootFailure("not-callable", f"{start} an ASGI application, and Gantry serves WSGI", hint)


def _is_asgi(application: Callable[..., object]) -> bool:
    signature = _signature(application)
    return signature is None or len(_required(signature)) == 3


def _wrong_signature(
    specification: Specification, start: str, label: str, application: Callable[..., object]
) -> BootFailure:
    signature = _signature(application)
    if signature and [parameter.name for parameter in _required(signature)] == ["scope", "receive", "send"]:
        return _asynchronous(specification, start, application)
    taken = _signature_text(application)
    message = f"{start} {_describe_value(application)} that takes {taken}, not (environ, start_response)"
    if specification.call is None and (not signature or not _required(signature)):
        hint = f"A factory is called with parentheses: {label}()."
    elif specification.call is None and not inspect.isclass(application):
        hint = f'A factory is called with its arguments: {label}("…").'
    else:
        hint = "A WSGI application is a callable that takes (environ, start_response)."
    return BootFailure("not-callable", message, hint)


def _is_uncalled_factory(specification: Specification, application: Callable[..., object]) -> bool:
    """Tells whether `create_app(config=None, debug=False)` was named without a call; two arguments would fit it."""
    if specification.call is not None or not specification.attributes:
        return False
    signature = _signature(application)
    if signature is None or not _FACTORY_NAME.fullmatch(specification.attributes[-1]):
        return False
    takes_any = any(parameter.kind is parameter.VAR_POSITIONAL for parameter in signature.parameters.values())
    return not takes_any and not _required(signature)


def _accepts_two(application: Callable[..., object]) -> bool:
    """Tells whether application(environ, start_response) can work at all; in doubt, it can."""
    signature = _signature(application)
    try:
        if signature is not None:
            signature.bind(None, None)
    except TypeError:
        return False
    return True


def _signature(function: object) -> Optional[inspect.Signature]:
    """Returns how a callable is really called; None where that cannot be known for sure."""
    try:
        # What a decorator wraps and what __signature__ claims are about documentation: werkzeug's
        # Request.application, for one, shows (request) and takes (environ, start_response).
        if hasattr(function, "__signature__"):
            return None
        return inspect.signature(function, follow_wrapped=False)  # type: ignore[arg-type]
    except Exception:  # a proxy again, or a callable of an extension module
        return None


def _required(signature: inspect.Signature) -> List[inspect.Parameter]:
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    parameters = signature.parameters.values()
    return [each for each in parameters if each.default is each.empty and each.kind not in variable]


def _signature_text(function: object) -> str:
    return str(_signature(function) or "(…)")


def _looks_like_application(value: object) -> bool:
    """Tells whether a callable shows by its parameters' names that it is a WSGI application."""
    signature = _signature(value) if callable(value) else None
    names = [parameter.name for parameter in _required(signature)] if signature else []
    return len(names) == 2 and "start" in names[1]


def _raised(error: BaseException, doing: str) -> BootFailure:
    """Makes the failure of an application that raised, with its traceback. `doing` begins the sentence."""
    kind_of_error, text = type(error).__name__, _first_line(error)
    message = f"{doing} raised {kind_of_error}" + (f": {text}" if text else "")
    hint = f"It was run by {sys.executable} in {os.getcwd()}."
    if isinstance(error, SystemExit):
        message = f"{doing} ended the process: SystemExit({text})"
        hint = "Code that runs and ends a program belongs under `if __name__ == '__main__':`."
    elif isinstance(error, SyntaxError) and error.filename:
        message = f"{doing} met a {kind_of_error} in {error.filename}, line {error.lineno}: {error.msg}"
    elif isinstance(error, ModuleNotFoundError) and error.name:
        message = f'{doing} failed because the module "{error.name}" that it needs was not found'
        top = error.name.partition(".")[0]
        hint = f'To install "{top}": {sys.executable} -m pip install …; --python names another interpreter.'
    elif isinstance(error, ImportError) and "relative import" in text:
        hint = "A file of a package is served by its dotted name, with --chdir to the directory that holds the package."
    return BootFailure("raised", message, hint, "".join(_own_traceback(error).format()))


def _own_traceback(error: BaseException) -> traceback.TracebackException:
    """Returns the traceback with the application's frames alone: without Gantry's and the import system's."""
    cleaned = traceback.TracebackException(type(error), error, error.__traceback__)
    waiting = [cleaned]
    while waiting:
        current = waiting.pop()
        current.stack[:] = [frame for frame in current.stack if not _is_machinery(frame.filename)]
        waiting += [chained for chained in (current.__cause__, current.__context__) if chained]
        waiting += getattr(current, "exceptions", None) or []
    return cleaned


def _is_machinery(filename: str) -> bool:
    return (
        filename.startswith(("<frozen importlib", "<frozen zipimport"))
        or filename == importlib.__file__
        or os.path.dirname(os.path.abspath(filename)) == _OWN_DIRECTORY
    )


def _first_line(error: BaseException) -> str:
    try:
        return next(iter(str(error).strip().splitlines()), "")
    except Exception:  # an exception whose __str__ raises
        return ""


def _one_line(text: str) -> str:
    line = " ".join(text.splitlines())
    return line if len(line) <= _MAX_LINE else line[: _MAX_LINE - 1] + "…"


def _describe(label: str, application: object, module: ModuleType) -> str:
    kind = application.__name__ if inspect.isclass(application) else type(application).__name__
    origin = getattr(module, "__file__", None)
    return _one_line(f"{label} ({kind}, {origin})" if origin else f"{label} ({kind})")


def _describe_value(value: object) -> str:
    """Returns what a value is, as it stands in a sentence: `None`, `the string 'x'`, `a dict`, `the class Shop`."""
    if value is None:
        return "None"
    if isinstance(value, str):
        return f"the string {value if len(value) <= 60 else value[:59] + '…'!r}"
    if isinstance(value, ModuleType):
        return f"the module {value.__name__}"
    if inspect.isclass(value):
        return f"the class {value.__name__}"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def _name_module(specification: Specification) -> str:
    return f"the {'file' if specification.file else 'module'} {specification.place}"


def _attribute_missing(
    specification: Specification, module: ModuleType, path: Tuple[str, ...], owner: object, attribute: str
) -> BootFailure:
    whole = f"{specification.place}:{'.'.join(path)}" if path else _name_module(specification)
    hint = _attribute_hint(specification, module, path, owner, (attribute,))
    return BootFailure("no-attribute", f'{whole} has no attribute "{attribute}"', hint)


def _attribute_hint(
    specification: Specification, module: ModuleType, path: Tuple[str, ...], owner: object, wanted: Sequence[str]
) -> str:
    """Returns the most telling of: what hides the module, close names and likely applications, submodules, names."""
    hiding = _hiding_hint(specification.place, module) if specification.file is None else ""
    if hiding:
        return hiding
    prefix = f"{specification.place}:{''.join(name + '.' for name in path)}"
    close = _close_names(wanted[0], _callable_names(owner))
    likely = _suggestions(specification.place, module) if owner is module else {}
    shown = [likely.get(f"{prefix}{name}", f"{prefix}{name}") for name in close] if len(wanted) == 1 else []
    shown = (shown + [text for text in likely.values() if text not in shown])[:3]
    if shown:
        note = " A factory is called with parentheses." if any(text.endswith("()") for text in shown) else ""
        return f"Did you mean {_join_or(shown)}?{note}"
    submodules = [f"{specification.module}.{name}" for name in _submodules(module, wanted)]
    if submodules and owner is module:
        return f"Did you mean the module {_join_or(submodules[:3])}?"
    names = _callable_names(owner)
    return f"It has these callables: {', '.join(names[:8])}." if names else "It has no public callables."


def _callable_names(owner: object) -> List[str]:
    """Returns the public names of a module's callables; of another object all, as reading its values may run code."""
    if isinstance(owner, ModuleType):
        return [name for name, value in list(vars(owner).items()) if name[:1] != "_" and callable(value)]
    return [name for name in dir(owner) if not name.startswith("_")]


def _suggestions(place: str, module: ModuleType) -> Dict[str, str]:
    """Returns a module's likely applications, then its likely factories: name in full → how to write it."""
    names = _callable_names(module) if isinstance(module, ModuleType) else []
    factories = [name for name in names if _FACTORY_NAME.fullmatch(name)]
    others = {name: vars(module)[name] for name in names if name not in factories}
    found = [name for name, value in others.items() if not inspect.isclass(value) and _looks_like_application(value)]
    applications = {f"{place}:{name}": f"{place}:{name}" for name in found}
    return {**applications, **{f"{place}:{name}": f"{place}:{name}()" for name in factories}}


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


def _module_missing(name: str, missing: str, started_in: str) -> BootFailure:
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


def _file_missing(file: str, path: str, started_in: str) -> BootFailure:
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
    skipped = {paths["stdlib"], paths["platstdlib"], os.path.dirname(_OWN_DIRECTORY)}
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
