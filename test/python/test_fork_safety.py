"""The report of what does not survive a fork: each kind of thread and of socket, and nothing that was there before."""

from __future__ import annotations

import _thread
import os
import socket
import tempfile
import threading
import unittest
from typing import Dict, List
from unittest import mock

import context  # noqa: F401

from gantry_worker import fork_safety

HAS_PROC = os.path.isdir("/proc/self/fd")
CONNECTION = None


class Holder:
    def __init__(self, held: socket.socket) -> None:
        self.connection = held


class Threads(unittest.TestCase):
    def setUp(self) -> None:
        self.may_end = threading.Event()
        self.addCleanup(self.may_end.set)

    def look(self) -> List[str]:
        return fork_safety.look(fork_safety.open_sockets())["threads"]

    def test_a_thread_is_named_with_where_it_began(self):
        def refresh_prices() -> None:
            self.may_end.wait()

        thread = threading.Thread(target=refresh_prices, name="prices")
        thread.start()
        self.assertIn(f'"prices" (refresh_prices in {__file__})', self.look())
        self.may_end.set()
        thread.join()
        self.assertEqual([text for text in self.look() if "prices" in text], [])

    def test_the_thread_that_forks_is_not_told(self):
        self.assertEqual([text for text in self.look() if "MainThread" in text], [])

    @unittest.skipUnless(HAS_PROC, "needs /proc")
    def test_a_thread_that_python_does_not_know_is_named_as_the_system_does(self):
        runs = threading.Event()

        def run() -> None:
            with open("/proc/thread-self/comm", "w") as file:
                file.write("grpc_timer")
            runs.set()
            self.may_end.wait()

        _thread.start_new_thread(run, ())
        runs.wait(10)
        self.assertIn('"grpc_timer" (not begun by Python\'s threading)', self.look())


    def test_without_proc_the_threads_that_python_knows_are_told(self):
        thread = threading.Thread(target=self.may_end.wait, name="prices")
        thread.start()
        nowhere = {"_DESCRIPTORS": "/nowhere", "_THREADS": "/nowhere"}
        with mock.patch.multiple(fork_safety, **nowhere):
            left = fork_safety.look(fork_safety.open_sockets())
        self.assertEqual(left, {"threads": ['"prices"'], "sockets": []})
        self.may_end.set()
        thread.join()


@unittest.skipUnless(HAS_PROC, "needs /proc")
class Sockets(unittest.TestCase):
    def setUp(self) -> None:
        self.before = fork_safety.open_sockets()

    def look(self) -> Dict[str, List[str]]:
        return fork_safety.look(self.before)

    def keep(self, made: socket.socket) -> socket.socket:
        self.addCleanup(made.close)
        return made

    def test_what_was_open_before_is_not_told_nor_what_is_no_socket(self):
        with open(os.devnull):
            self.assertEqual(self.look()["sockets"], [])

    def test_tcp_sockets_are_told_by_their_addresses(self):
        server = self.keep(socket.create_server(("127.0.0.1", 0)))
        address = f"127.0.0.1:{server.getsockname()[1]}"
        client = self.keep(socket.create_connection(server.getsockname()))
        told = self.look()["sockets"]
        self.assertEqual(len(told), 2)
        self.assertTrue(told[0].startswith(f"TCP socket on {address}"), told)
        self.assertTrue(told[1].startswith(f"TCP socket connected to {address}"), told)
        del client

    def test_udp_and_unix_sockets_and_pairs(self):
        self.keep(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "s")
            server = self.keep(socket.socket(socket.AF_UNIX))
            server.bind(path)
            server.listen(1)
            self.keep(socket.socket(socket.AF_UNIX)).connect(path)
            for each in socket.socketpair():
                self.keep(each)
            told = [text.split(", held")[0] for text in self.look()["sockets"]]
        self.assertEqual(
            told,
            [
                "UDP socket without an address",
                f"Unix stream socket on {path}",
                f"Unix stream socket connected to {path}",
                "one end of a pair of Unix stream sockets",
                "one end of a pair of Unix stream sockets",
            ],
        )

    def test_who_holds_a_socket_is_told_a_module_or_a_type(self):
        global CONNECTION
        CONNECTION = self.keep(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        holder = Holder(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self.addCleanup(holder.connection.close)
        self.assertEqual(
            self.look()["sockets"],
            [
                f"UDP socket without an address, held by {__name__}",
                f"UDP socket without an address, held by a {__name__}.Holder",
            ],
        )
        CONNECTION = None

    def test_a_socket_that_is_no_object_of_python_is_told_too(self):
        descriptor = socket.socket(socket.AF_INET, socket.SOCK_DGRAM).detach()
        self.addCleanup(os.close, descriptor)
        self.assertEqual(self.look()["sockets"], ["UDP socket without an address"])
        # Looking leaves it as it was.
        os.fstat(descriptor)
