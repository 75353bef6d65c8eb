"""Tells, without a request, whether an object can be a WSGI application, and which names of a module look like one.

In doubt it can: only what could never answer a request is refused. The application is not called here.
"""

from __future__ import annotations

import inspect
import re
from types import ModuleType
from typing import Callable, Dict, List, Optional

from .boot_failure import BootFailure
from .specification import Specification

_FACTORY_NAME = re.compile(r"(?!.*asgi)((create|make|build|get)_(\w+_)?(app|application)|(app|application)_factory)")


def check_application(
    specification: Specification, module: ModuleType, label: str, application: object
) -> Callable[..., object]:
    """Returns the application, unless it can be seen without a request that it is none. Raises BootFailure."""
    verb = "is" if specification.call is None else "returned"
    if inspect.iscoroutine(application):
        application.close()  # or Python would complain that it was never awaited
        hint = "A WSGI application and its factory are ordinary functions: `def`, not `async def`."
        raise BootFailure("not-callable", f"the factory {label} is an async function", hint)
    if not callable(application):
        message = f"{label} {verb} {describe_value(application)}, which cannot be called"
        raise not_callable(specification, module, message, application)
    if _is_asynchronous(application):
        raise _asynchronous(specification, f"{label} {verb}", application)
    if not _accepts_two(application) or _is_uncalled_factory(specification, application):
        raise _wrong_signature(specification, f"{label} {verb}", label, application)
    return application


def not_callable(specification: Specification, module: ModuleType, message: str, value: object) -> BootFailure:
    """Makes the failure for a value that stands where an application or a factory should."""
    likely = list(suggestions(specification.place, module).values())
    hint = "A WSGI application is a callable that takes (environ, start_response)."
    if isinstance(value, ModuleType):
        hint = f"An attribute of a module follows a colon: {value.__name__}:application."
    elif specification.call is not None:
        hint = "Does the factory end with `return app`?" if value is None else hint
    elif likely:
        hint = f"Did you mean {' or '.join(likely[:3])}?"
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
    taken = signature_text(application)
    message = f"{start} {describe_value(application)} that takes {taken}, not (environ, start_response)"
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


def signature_text(function: object) -> str:
    """Returns the parameters of a callable as they are written in its definition."""
    return str(_signature(function) or "(…)")


def looks_like_application(value: object) -> bool:
    """Tells whether a callable shows by its parameters' names that it is a WSGI application."""
    signature = _signature(value) if callable(value) else None
    names = [parameter.name for parameter in _required(signature)] if signature else []
    return len(names) == 2 and "start" in names[1]


def suggestions(place: str, module: ModuleType) -> Dict[str, str]:
    """Returns a module's likely applications, then its likely factories: name in full → how to write it."""
    names = callable_names(module) if isinstance(module, ModuleType) else []
    factories = [name for name in names if _FACTORY_NAME.fullmatch(name)]
    others = {name: vars(module)[name] for name in names if name not in factories}
    found = [name for name, value in others.items() if not inspect.isclass(value) and looks_like_application(value)]
    applications = {f"{place}:{name}": f"{place}:{name}" for name in found}
    return {**applications, **{f"{place}:{name}": f"{place}:{name}()" for name in factories}}


def callable_names(owner: object) -> List[str]:
    """Returns the public names of a module's callables; of another object all, as reading its values may run code."""
    if isinstance(owner, ModuleType):
        return [name for name, value in list(vars(owner).items()) if name[:1] != "_" and callable(value)]
    return [name for name in dir(owner) if not name.startswith("_")]


def describe_value(value: object) -> str:
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
