"""Whatever the front sends, the worker finds a frame in it, waits for more, or raises FrameError: nothing else, however it is cut.

As a program it goes on for a while: `python3 test/python/test_frames_fuzz.py --seconds 60 --seed 7`.
"""

from __future__ import annotations

import argparse
import json
import random
import time
import unittest
from collections import Counter
from typing import Callable, Dict, Tuple

import context  # noqa: F401
from test_frames import decode, to

from gantry_worker import frames
from gantry_worker.frames import FrameError

ROUNDS = 20_000
ROUNDS_A_TURN = 1_000
EXPECTED_TYPES = ("request", "request", "file-taken", "input", "input-end", "revoke", "boot", "stop")
LENGTHS = (0, 1, 2, 5, 13, 14, 65_536, 16_777_215, 16_777_216, 16_777_217, 0x7FFFFFFF, 0xFFFFFFFF)

VALID = [bytes.fromhex(vector["hex"]) for vector in to("worker", "valid")]
INVALID = [bytes.fromhex(vector["hex"]) for vector in to("worker", "invalid")]


def pick(source: random.Random) -> bytes:
    return source.choice(VALID if source.random() < 0.8 else INVALID)


def random_bytes(source: random.Random) -> bytes:
    return bytes(source.randrange(256) for _ in range(source.randrange(64)))


def changed(source: random.Random) -> bytes:
    data = bytearray(pick(source))
    for _ in range(source.randrange(1, 5)):
        data[source.randrange(len(data))] = source.randrange(256)
    return bytes(data) + pick(source)


def cut_off(source: random.Random) -> bytes:
    data = pick(source) + pick(source)
    return data[: source.randrange(len(data) + 1)]


def lying_length(source: random.Random) -> bytes:
    return source.choice(LENGTHS).to_bytes(4, "big") + pick(source)[4:] + pick(source)


def lying_block_length(source: random.Random) -> bytes:
    """A request whose environ blocks are as long as they say only by chance, at times cut off."""
    data = bytearray(source.choice([vector for vector in VALID if vector[4] == frames.REQUEST]))
    start = source.choice((6, 10))
    data[start : start + 4] = source.choice((*LENGTHS, len(data), len(data) - 14)).to_bytes(4, "big")
    return bytes(data if source.random() < 0.7 else data[: source.randrange(len(data))])


SOURCES: Dict[str, Callable[[random.Random], bytes]] = {
    "random bytes": random_bytes,
    "vectors with bytes changed": changed,
    "vectors cut off": cut_off,
    "vectors whose length lies": lying_length,
    "requests whose blocks lie": lying_block_length,
}


def outcome(frame_type: str, data: bytes) -> str:
    try:
        return "frame" if decode(frame_type, data) else "waits"
    except FrameError:
        return "refused"
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        # What a boot frame holds is read where its failure can be told.
        if data[4] == frames.BOOT:
            return "refused"
        raise


def check_prefixes(data: bytes, source: random.Random) -> None:
    """A request is not there before its last byte, and what is refused of a part is refused of the whole."""
    whole = take(data)
    for _ in range(3):
        part = take(data[: source.randrange(len(data) + 1)])
        if part != whole and part != ("waits",):
            raise AssertionError(f"{part} of a part, {whole} of the whole")


def take(data: bytes) -> Tuple[object, ...]:
    try:
        taken = frames.take_request(data, 0)
    except FrameError:
        return ("refused",)
    return ("waits",) if taken is None else taken


def fuzz(name: str, seed: int, first: int, count: int) -> Counter[str]:
    """How the rounds from `first` on ended. Raises AssertionError, with what it takes to run it again, for any other end."""
    ends: Counter[str] = Counter()
    for number in range(first, first + count):
        source = random.Random(seed * 1_000_003 + number)
        data = SOURCES[name](source)
        frame_type = source.choice(EXPECTED_TYPES)
        try:
            ends[outcome(frame_type, data)] += 1
            check_prefixes(data, source)
        except Exception as error:
            raise AssertionError(f"{name}, seed {seed}, round {number}, {frame_type}: {data.hex()}") from error
    return ends


class FramesFuzz(unittest.TestCase):
    def test_the_worker_takes_frames_waits_or_refuses(self):
        for name in SOURCES:
            with self.subTest(name):
                ends = fuzz(name, 1, 0, ROUNDS)
                self.assertEqual(sum(ends.values()), ROUNDS)
                self.assertGreater(ends["refused"], 0)
                self.assertGreater(ends["waits"], 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    deadline = time.monotonic() + options.seconds
    ends: Counter[str] = Counter()
    first = 0
    while time.monotonic() < deadline:
        for name in SOURCES:
            ends.update(fuzz(name, options.seed, first, ROUNDS_A_TURN))
        first += ROUNDS_A_TURN
    print(json.dumps(ends))


if __name__ == "__main__":
    main()
