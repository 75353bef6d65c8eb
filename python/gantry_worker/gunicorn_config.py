"""Runs a configuration file of gunicorn, which is Python code, and prints as JSON what names it has defined.

    python3 path/to/gantry_worker/gunicorn_config.py gunicorn.conf.py

For `gantry migrate gunicorn`. Which names mean something is not known here. What the file prints goes to standard error.
"""

import ast
import importlib
import importlib.machinery
import json
import math
import os
import sys
import traceback
import types


def main(location):
    # The result must stand alone on standard output, whatever the file prints, starts or leaves behind.
    output = os.dup(1)
    os.dup2(2, 1)
    # gunicorn puts the working directory first; here the folder of this file stands in its place.
    sys.path[0] = os.getcwd()
    try:
        names, places = _run(location)
    except BaseException:
        _write(output, {"error": _error_text()})
        os._exit(1)
    _write(output, {"names": [_told(name, value, places.get(name)) for name, value in names.items() if _counts(name, value)]})
    # Threads that the file has started may never end.
    os._exit(0)


def _run(location):
    if location.startswith("python:"):
        module = importlib.import_module(location[len("python:"):])
        return vars(module), _places(getattr(module, "__file__", None))
    path = location[len("file:"):] if location.startswith("file:") else location
    loader = importlib.machinery.SourceFileLoader("__config__", path)
    module = types.ModuleType("__config__")
    module.__file__ = path
    module.__loader__ = loader
    sys.modules["__config__"] = module
    exec(compile(loader.get_data(path), path, "exec"), vars(module))
    return vars(module), _places(path)


def _places(path):
    """The line of each name's last definition at the top level, and whether it is written as a plain value."""
    if path is None:
        return {}
    with open(path, "rb") as file:
        tree = ast.parse(file.read())
    return {name: (node.lineno, plain) for node in _statements(tree) for name, plain in _defined(node)}


def _statements(node):
    """In their order, those of branches and loops too; what a function does inside is its own."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield from _statements(child)


def _defined(node):
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return [(node.name, True)]
    if isinstance(node, ast.Assign):
        return [(target.id, _is_plain(node.value)) for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, (ast.AnnAssign, ast.AugAssign)) and isinstance(node.target, ast.Name):
        return [(node.target.id, isinstance(node, ast.AnnAssign) and _is_plain(node.value))]
    return []


def _is_plain(value):
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError):
        return False
    return True


def _counts(name, value):
    return not name.startswith("_") and not isinstance(value, types.ModuleType)


def _told(name, value, place):
    line, plain = place or (None, True)
    told = {"name": name, "line": line, "isComputed": not plain}
    if isinstance(value, types.FunctionType):
        return {**told, "kind": "function"}
    return {**told, "kind": "value", "value": _jsonable(value)}


def _jsonable(value):
    if value is None or isinstance(value, (bool, int, str)) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_jsonable(each) for each in value]
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, type):
        return "%s.%s" % (value.__module__, value.__qualname__)
    if isinstance(value, dict):
        return "a dictionary"
    return type(value).__name__


def _error_text():
    kind, error, trace = sys.exc_info()
    # The first entries are this file's.
    entries = [entry for entry in traceback.extract_tb(trace) if entry.filename != __file__]
    lines = ["Traceback (most recent call last):\n"] if entries else []
    return "".join(lines + traceback.format_list(entries) + traceback.format_exception_only(kind, error))


def _write(output, result):
    with os.fdopen(output, "w", encoding="utf-8") as file:
        json.dump(result, file)


if __name__ == "__main__":
    main(sys.argv[1])
