"""Reads the text that names an application: `shop.wsgi:application`, `shop:create_app("prod")`, `path/app.py`.

Pure: nothing is imported, opened or called here, and arguments are literals that are read, never evaluated.
"""

from __future__ import annotations

import ast
import re
from typing import Dict, NamedTuple, NoReturn, Optional, Tuple

FORMS = 'An application is named "module:attribute", "module", "module:create_app()" or "path/app.py:attribute".'

# Hyphens are no identifier, but `my-site.py` is importable by name and people do name files so.
_MODULE_NAME = re.compile(r"[\w-]+(\.[\w-]+)*")


class FactoryCall(NamedTuple):
    """The arguments written between the parentheses of a factory call."""

    arguments: Tuple[object, ...]
    keywords: Dict[str, object]


class Specification(NamedTuple):
    """What an application's name says. Exactly one of `module` and `file` is set."""

    text: str
    module: Optional[str]
    file: Optional[str]
    attributes: Tuple[str, ...]
    """The names to follow from the module; empty when none was written and the usual ones are to be tried."""
    call: Optional[FactoryCall]
    target: str
    """What was written after the colon, for messages; empty when nothing was."""

    @property
    def place(self) -> str:
        """The module or file as it was written."""
        return self.file if self.file is not None else self.module or ""


class SpecificationError(ValueError):
    """The text names no application in any form that is understood; `hint` says how to write it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def parse_specification(text: str) -> Specification:
    """Takes an application's name apart. Raises SpecificationError."""
    text = text.strip()
    if not text:
        raise SpecificationError("the name of the application is empty", FORMS)
    if "\0" in text:
        raise SpecificationError("the name of the application holds a NUL character", FORMS)
    place, target = _split(text)
    attributes, call = ((), None) if target is None else _parse_target(text, target)
    is_file = _is_file_path(place)
    if not is_file:
        _check_module_name(text, place)
    return Specification(
        text=text,
        module=None if is_file else place,
        file=place if is_file else None,
        attributes=attributes,
        call=call,
        target=target or "",
    )


def _is_file_path(place: str) -> bool:
    return place.endswith(".py") or "/" in place


def _split(text: str) -> Tuple[str, Optional[str]]:
    """Returns what stands before and after the colon between place and target; None when there is no such colon.

    Paths and string arguments may hold colons too, so it is the first one that an attribute or a call follows.
    """
    splits = [(text[:at], text[at + 1 :].strip()) for at, character in enumerate(text) if character == ":"]
    for place, target in splits:
        if _is_reference(_parse_expression(target)):
            return place, target
    if not splits or text.endswith(".py"):
        return text, None
    # Nothing fits, so this will be refused; choose the split about which the refusal is easiest to understand.
    for place, target in splits:
        if place.endswith(".py") or _MODULE_NAME.fullmatch(place):
            return place, target
    return splits[0]


def _parse_expression(source: str) -> Optional[ast.expr]:
    """Returns the syntax tree of one expression; None if the text is none."""
    try:
        return ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _is_reference(node: Optional[ast.expr]) -> bool:
    """Tells whether an expression is `a.b.c` or a call `a.b.c(…)`."""
    return bool(_attribute_names(node.func if isinstance(node, ast.Call) else node))


def _attribute_names(node: Optional[ast.expr]) -> Tuple[str, ...]:
    """Returns the names of `a.b.c` in order; none if the expression is anything else."""
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ()
    return (node.id, *reversed(names))


def _parse_target(text: str, target: str) -> Tuple[Tuple[str, ...], Optional[FactoryCall]]:
    """Reads what follows the colon: the attribute's names, and the arguments if it is a call."""
    if not target:
        raise SpecificationError(
            f'nothing follows the colon in "{text}"',
            "Name an attribute after it, or leave the colon out: then `application` and `app` are tried.",
        )
    node = _parse_expression(target)
    if not _is_reference(node):
        _refuse_target(node, target)
    if isinstance(node, ast.Call):
        return _attribute_names(node.func), _parse_call(node, target)
    return _attribute_names(node), None


def _refuse_target(node: Optional[ast.expr], target: str) -> NoReturn:
    hint = FORMS
    if node is not None and any(isinstance(inner, ast.Call) for inner in ast.walk(node)):
        hint = "A factory is a name, or names joined by dots, and its call comes last: module:factory.create()."
    elif "(" in target:
        hint = "Close the parentheses, and quote the whole name for the shell: 'module:create_app(\"prod\")'."
    raise SpecificationError(f'"{target}" is neither an attribute nor a call of a factory', hint)


def _parse_call(node: ast.Call, target: str) -> FactoryCall:
    """Reads the arguments of a call; each must be a literal."""
    keywords: Dict[str, object] = {}
    for keyword in node.keywords:
        if keyword.arg is None:
            raise SpecificationError(f'"{target}" unpacks an argument with **', "Write each argument out: name=value.")
        if keyword.arg in keywords:
            raise SpecificationError(f'"{target}" gives the argument "{keyword.arg}" twice', "Leave one of them out.")
        keywords[keyword.arg] = _parse_argument(keyword.value, target)
    return FactoryCall(tuple(_parse_argument(argument, target) for argument in node.args), keywords)


def _parse_argument(node: ast.expr, target: str) -> object:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        written = ast.get_source_segment(target, node) or target
        hint = "Only literals can be given: strings, numbers, True, False, None, tuples, lists, dicts and sets."
        if isinstance(node, ast.Name):
            hint = f"A string needs its quotes, and the whole name quotes for the shell: '…(\"{node.id}\")'."
        raise SpecificationError(f'the argument {written} in "{target}" is not a literal', hint) from None


def _check_module_name(text: str, place: str) -> None:
    if _MODULE_NAME.fullmatch(place):
        return
    if not place:
        raise SpecificationError(f'no module is named before the colon in "{text}"', FORMS)
    dotted, parenthesis, _ = place.partition("(")
    if parenthesis:
        module, _, factory = dotted.rpartition(".")
        hint = f"A colon separates the module from the factory: {module or 'module'}:{factory}()."
    elif place.startswith("."):
        hint = "Name the module from the working directory on, without leading dots, or write a path: ./app.py."
    else:
        hint = FORMS
    raise SpecificationError(f'"{place}" is not the name of a module', hint)
