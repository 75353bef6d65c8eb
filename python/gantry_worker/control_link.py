"""The worker's control link: what the front says about the worker as a whole. Read by a thread of its own once the worker is ready."""

from __future__ import annotations

import json
import socket
from typing import Any, Dict, Optional, Tuple

from . import frames


class ControlLink:
    """A blocking, framed JSON conversation with the front."""

    def __init__(self, socket_path: str, number: int, link: int = frames.CONTROL_LINK) -> None:
        self._received = b""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(socket_path)
        self._socket.sendall(frames.encode_link_hello(number, link, 0))

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def send(self, frame_type: int, message: Dict[str, Any]) -> None:
        self.send_frame(frames.encode_control(frame_type, json.dumps(message).encode("utf-8", "backslashreplace")))

    def send_frame(self, frame: bytes) -> None:
        try:
            self._socket.sendall(frame)
        except OSError:
            pass  # the front is gone: the next receive says so

    @property
    def has_frame(self) -> bool:
        """Whether a frame has been received that `receive` has not returned yet."""
        end = frames.frame_end(self._received, 0)
        return end is not None and end <= len(self._received)

    def receive(self) -> Optional[Tuple[int, bytes]]:
        """The next frame's type and payload; None when the front is gone."""
        while True:
            end = frames.frame_end(self._received, 0)
            if end is not None and end <= len(self._received):
                frame = frames.split_frame(self._received, 0, end)
                self._received = self._received[end:]
                return frame
            try:
                data = self._socket.recv(65536)
            except OSError:
                return None
            if not data:
                return None
            self._received += data

    def receive_boot(self) -> Dict[str, Any]:
        """The front's first word: what to serve and how. Raises ConnectionError when the front is gone."""
        frame = self.receive()
        if frame is None:
            raise ConnectionError("the front closed the control link")
        frame_type, payload = frame
        if frame_type != frames.BOOT:
            raise frames.FrameError("boot was expected")
        settings: Dict[str, Any] = json.loads(payload)
        return settings
