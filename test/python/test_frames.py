"""The worker's half of protocol/vectors/frames.json; the front's is in test/workers/frames.test.ts."""

from __future__ import annotations

import json
import os
import unittest
from typing import Any, Callable, Dict, List, Optional

import context  # noqa: F401

from gantry_worker import frames
from gantry_worker.frames import FrameError

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "protocol", "vectors", "frames.json")

with open(PATH, encoding="utf-8") as file:
    VECTORS: Dict[str, List[Dict[str, Any]]] = json.load(file)


def to(receiver: str, kind: str) -> List[Dict[str, Any]]:
    return [vector for vector in VECTORS[kind] if vector["to"] == receiver]


def head_of(fields: Dict[str, Any]) -> frames.Head:
    head = fields["head"]
    length: Optional[int] = head["contentLength"]
    flags = (
        (frames.HEAD_HAS_DATE if head["date"] else 0)
        | (frames.HEAD_HAS_SERVER if head["server"] else 0)
        | (frames.HEAD_HAS_LENGTH if length is not None else 0)
    )
    return frames.make_head(head["status"], flags, length or 0, block_of(head["block"]))


def block_of(strings: List[str]) -> bytes:
    return b"".join(string.encode("latin-1") + b"\0" for string in strings)


def strings_of(block: bytes) -> List[str]:
    return block.decode("latin-1").split("\0")[:-1]


def control(frame_type: int) -> Callable[[Dict[str, Any]], bytes]:
    return lambda fields: frames.encode_control(frame_type, json.dumps(fields["message"]).encode("utf-8"))


# How the worker encodes what it sends, by the type of the frame.
ENCODERS: Dict[str, Callable[[Dict[str, Any]], bytes]] = {
    "link-hello": lambda fields: frames.encode_link_hello(fields["worker"], fields["link"], fields["opening"]),
    "response": lambda fields: b"".join(
        frames.encode_response(head_of(fields), fields["micros"], fields["body"].encode("latin-1"))
    ),
    "response-head": lambda fields: frames.encode_response_head(head_of(fields)),
    "body": lambda fields: b"".join(frames.encode_body(fields["body"].encode("latin-1"))),
    "file": lambda fields: frames.encode_file(fields["offset"], fields["size"], fields["path"].encode("latin-1")),
    "end": lambda fields: frames.encode_end(fields["micros"]),
    "abort": lambda fields: frames.encode_abort(fields["micros"]),
    "failure": lambda fields: frames.encode_failure(fields["micros"], fields["kind"], fields["text"]),
    "log": lambda fields: frames.encode_log(fields["level"], fields["text"]),
    "booting": control(frames.BOOTING),
    "ready": control(frames.READY),
    "boot-failed": control(frames.BOOT_FAILED),
    "stacks-told": control(frames.STACKS_TOLD),
    "interrupted": control(frames.INTERRUPTED),
    "want": lambda fields: frames.encode_want(fields["maxBytes"]),
    "revoked": lambda fields: frames.encode_revoked(fields["link"], fields["count"]),
    "forked": lambda fields: frames.encode_forked(fields["worker"], fields["pid"]),
    "fork-failed": lambda fields: frames.encode_fork_failed(fields["worker"], fields["reason"]),
    "ended": lambda fields: frames.encode_ended(fields["worker"], fields["pid"], fields["status"]),
}


def decode(frame_type: str, data: bytes) -> Dict[str, Any]:
    """The fields of the one frame in `data`, which the worker expects to be of that type."""
    if frame_type == "request":
        taken = frames.take_request(data, 0)
        if taken is None:
            return {}
        (flags, shared, own, body), end = taken
        assert end <= len(data)
        return {
            "more": bool(flags & frames.REQUEST_MORE),
            "spooled": bool(flags & frames.REQUEST_SPOOLED),
            "streamed": bool(flags & frames.REQUEST_STREAMED),
            "shared": strings_of(shared),
            "own": strings_of(own),
            "body": body.decode("latin-1"),
        }
    end_of_frame = frames.frame_end(data, 0)
    if end_of_frame is None or end_of_frame > len(data):
        return {}
    number, payload = frames.split_frame(data, 0, end_of_frame)
    if frame_type in ("input", "input-end"):
        taken_input = frames.decode_input(number, payload)
        return {"body": taken_input.decode("latin-1")} if taken_input else {}
    if number == frames.FILE_TAKEN:
        return {"ok": frames.decode_file_taken(payload)}
    if number == frames.REVOKE:
        return {"link": frames.decode_revoke(payload)}
    if number == frames.INTERRUPT:
        link, opening = frames.decode_interrupt(payload)
        return {"link": link, "opening": opening}
    if number == frames.STACKS:
        return {"number": frames.decode_stacks(payload)}
    if number == frames.FORK:
        return {"worker": frames.decode_fork(payload)}
    if number == frames.BOOT:
        return {"message": json.loads(payload)}
    return {} if number == frames.STOP and not payload else {"type": number}


class Vectors(unittest.TestCase):
    def test_the_worker_encodes_what_the_front_receives(self):
        for vector in to("front", "valid"):
            with self.subTest(vector["name"]):
                self.assertEqual(ENCODERS[vector["type"]](vector["fields"]).hex(), vector["hex"])

    def test_the_worker_decodes_what_it_receives(self):
        for vector in to("worker", "valid"):
            with self.subTest(vector["name"]):
                data = bytes.fromhex(vector["hex"])
                self.assertEqual(decode(vector["type"], data), vector["fields"])

    def test_the_type_numbers_are_those_of_the_vectors(self):
        for vector in VECTORS["valid"]:
            with self.subTest(vector["name"]):
                constant = getattr(frames, vector["type"].upper().replace("-", "_"))
                self.assertEqual(bytes.fromhex(vector["hex"])[4], constant)

    def test_the_worker_refuses_what_the_protocol_does_not_allow(self):
        for vector in to("worker", "invalid"):
            with self.subTest(vector["name"]):
                with self.assertRaises(FrameError):
                    decode(vector["type"], bytes.fromhex(vector["hex"]))

    def test_there_are_vectors_for_both_halves(self):
        self.assertEqual({vector["type"] for vector in to("front", "valid")}, set(ENCODERS))
        self.assertGreater(len(to("worker", "valid")), 5)
        self.assertGreater(len(to("worker", "invalid")), 5)


class Requests(unittest.TestCase):
    DATA = b"".join(bytes.fromhex(vector["hex"]) for vector in to("worker", "valid") if vector["type"] == "request")

    def test_a_frame_is_incomplete_until_its_last_byte(self):
        for vector in to("worker", "valid"):
            data = bytes.fromhex(vector["hex"])
            for length in range(len(data)):
                with self.subTest(vector["name"], length=length):
                    if vector["type"] == "request":
                        self.assertIsNone(frames.take_request(data[:length], 0))
                    else:
                        end = frames.frame_end(data[:length], 0)
                        self.assertTrue(end is None or end == len(data))

    def test_each_is_found_behind_the_one_before(self):
        position, bodies = 0, []
        while position < len(self.DATA):
            taken = frames.take_request(self.DATA, position)
            assert taken is not None
            request, position = taken
            bodies.append(request[3].decode("latin-1"))
        expected = [vector["fields"]["body"] for vector in to("worker", "valid") if vector["type"] == "request"]
        self.assertEqual(bodies, expected)


class Limits(unittest.TestCase):
    def test_a_large_body_goes_in_frames_that_the_front_can_pace(self):
        for size in (frames.MAX_BODY_BYTES, frames.MAX_BODY_BYTES + 1, 3 * frames.MAX_BODY_BYTES, frames.MAX_FRAME_BYTES + 1):
            with self.subTest(size=size):
                data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
                encoded, position, pieces = b"".join(frames.encode_body(data)), 0, []
                while position < len(encoded):
                    end = frames.frame_end(encoded, position)
                    assert end is not None
                    frame_type, payload = frames.split_frame(encoded, position, end)
                    self.assertEqual(frame_type, frames.BODY)
                    self.assertTrue(1 <= len(payload) <= frames.MAX_BODY_BYTES)
                    pieces.append(payload)
                    position = end
                self.assertEqual(b"".join(pieces), data)

    def test_a_time_beyond_what_can_be_said_is_the_longest_that_can(self):
        self.assertEqual(frames.encode_end(2**40), frames.encode_end(0xFFFFFFFF))
        self.assertEqual(frames.encode_abort(2**40), frames.encode_abort(0xFFFFFFFF))
        self.assertEqual(frames.encode_failure(2**40, 0, ""), frames.encode_failure(0xFFFFFFFF, 0, ""))
        head = frames.make_head(200, 0, 0, b"OK\0")
        self.assertEqual(frames.encode_response(head, 2**40, b""), frames.encode_response(head, 0xFFFFFFFF, b""))

    def test_text_that_no_encoding_holds_is_sent_readable(self):
        self.assertTrue(frames.encode_log(0, "a\udc80b").endswith(b"a\\udc80b"))

    def test_an_endless_text_stays_a_frame(self):
        for encoded in (frames.encode_log(0, "x" * 20_000_000), frames.encode_failure(0, 0, "x" * 20_000_000)):
            self.assertEqual(frames.frame_end(encoded, 0), len(encoded))

    def test_the_block_of_a_head_comes_back(self):
        self.assertEqual(frames.head_block(frames.make_head(200, 0, 0, b"OK\0A\0b\0")), b"OK\0A\0b\0")


if __name__ == "__main__":
    unittest.main()
