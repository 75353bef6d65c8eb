"""What the import of an application has left behind that a fork does not preserve: threads, and sockets that processes would share.

Only looks. What cannot be seen on this system (other than Python's threads, without /proc) is left out.
"""

from __future__ import annotations

import gc
import os
import socket
import sys
import threading
from types import FrameType, ModuleType
from typing import Any, Dict, FrozenSet, Iterable, List, Optional

_DESCRIPTORS = "/proc/self/fd"
_THREADS = "/proc/self/task"
_KINDS = {socket.SOCK_STREAM: "stream", socket.SOCK_DGRAM: "datagram"}


def open_sockets() -> FrozenSet[int]:
    """The descriptors of all sockets of this process."""
    return frozenset(number for number in _numbers_in(_DESCRIPTORS) if _is_socket(number))


def look(sockets_before: FrozenSet[int]) -> Dict[str, List[str]]:
    """Describes, one text each, the threads and the sockets that came since `sockets_before` was taken."""
    sockets = sorted(open_sockets() - sockets_before)
    return {"threads": [*_python_threads(), *_other_threads()], "sockets": [_describe_socket(each) for each in sockets]}


def _python_threads() -> Iterable[str]:
    frames = sys._current_frames()
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            yield f'"{thread.name}"{_place(frames.get(thread.ident or 0))}'


def _place(frame: Optional[FrameType]) -> str:
    """Where a thread was begun: the outermost of its frames that is none of the threading module's."""
    outermost = None
    while frame is not None:
        if frame.f_code.co_filename != threading.__file__:
            outermost = frame
        frame = frame.f_back
    if outermost is None:
        return ""
    return f" ({outermost.f_code.co_name} in {outermost.f_code.co_filename})"


def _other_threads() -> Iterable[str]:
    """Threads that Python does not know of, such as those of a library in C, by the names that the system has for them."""
    known = {thread.native_id for thread in threading.enumerate()}
    for number in sorted(set(_numbers_in(_THREADS)) - known):
        try:
            with open(f"{_THREADS}/{number}/comm", errors="replace") as file:
                yield f'"{file.read().strip()}" (not begun by Python\'s threading)'
        except OSError:
            pass  # it has ended


def _describe_socket(descriptor: int) -> str:
    with socket.socket(fileno=os.dup(descriptor)) as copy:
        text = _describe_ends(copy)
    holder = _holder_of(descriptor)
    return f"{text}, held by {holder}" if holder else text


def _describe_ends(connection: socket.socket) -> str:
    kind = _KINDS.get(connection.type, "raw")
    if connection.family == getattr(socket, "AF_UNIX", None):
        kind = f"Unix {kind}"
    elif connection.family in (socket.AF_INET, socket.AF_INET6):
        kind = {"stream": "TCP", "datagram": "UDP"}.get(kind, kind)
    try:
        peer = _address(connection.getpeername())
        return f"{kind} socket connected to {peer}" if peer else f"one end of a pair of {kind} sockets"
    except OSError:
        own = _address(connection.getsockname())
        return f"{kind} socket on {own}" if own else f"{kind} socket without an address"


def _address(address: Any) -> str:
    if isinstance(address, tuple):
        return f"{address[0]}:{address[1]}" if address[1] else ""
    return os.fsdecode(address)


def _holder_of(descriptor: int) -> str:
    """The module or the type whose objects hold a Python socket, as far as that can be found out."""
    for found in gc.get_objects():
        if isinstance(found, socket.socket) and found.fileno() == descriptor:
            return next((name for referrer in gc.get_referrers(found) for name in _names(referrer)), "")
    return ""


def _names(referrer: Any) -> Iterable[str]:
    """How a reader knows what refers to a socket: by its module, or by its type. Names of no interest are left out."""
    owners = [referrer]
    if isinstance(referrer, dict):
        owners = [owner for owner in gc.get_referrers(referrer) if getattr(owner, "__dict__", None) is referrer]
        if "__name__" in referrer and "__spec__" in referrer:
            yield str(referrer["__name__"])
    for owner in owners:
        kind = type(owner)
        if kind.__module__ not in ("builtins", "types", "socket", __name__) and not isinstance(owner, ModuleType):
            yield f"a {kind.__module__}.{kind.__qualname__}"


def _is_socket(descriptor: int) -> bool:
    try:
        return os.readlink(f"{_DESCRIPTORS}/{descriptor}").startswith("socket:")
    except OSError:
        return False  # it was the one that the directory was read with


def _numbers_in(directory: str) -> List[int]:
    try:
        return [int(name) for name in os.listdir(directory)]
    except OSError:
        return []  # no /proc
