"""Sends assignments such as READY=1 to the service manager's socket (sd_notify), where the command systemd-notify is not to be had.

    NOTIFY_SOCKET=/run/systemd/notify python3 notify.py READY=1 STATUS=serving

It runs by itself, outside of any application, and waits until the message has been read: systemd finds out by the sender's process id
which service it belongs to.
"""

import array
import os
import select
import socket
import sys

DEADLINE_SECONDS = 5


def send(address, assignments):
    # A socket without a file has a name that begins with NUL, which no variable can hold.
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.connect(address)
        sender.sendall("\n".join(assignments).encode("utf-8", "surrogateescape"))
        wait_until_read(sender)


def wait_until_read(sender):
    """Messages are read in order. With this one goes the end of a pipe, which the reader closes."""
    ours, theirs = os.pipe()
    try:
        sender.sendmsg([b"BARRIER=1"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [theirs]))])
    finally:
        os.close(theirs)
    select.select([ours], [], [], DEADLINE_SECONDS)
    os.close(ours)


if __name__ == "__main__":
    send(os.environ["NOTIFY_SOCKET"], sys.argv[1:])
