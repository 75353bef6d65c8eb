"""What process 1 of a container has to be, for gantry: runs one command, hands signals on to it, and buries every process that is left behind.

    python3 init.py COMMAND ...

The kernel gives orphans to process 1 (or to the nearest process that asks for them), and whoever never waits for them collects zombies.
Node waits only for processes that it has started itself. Ends as the command does: with its exit status, or 128 and the number of the signal
that ended it. Standard library only, and runs by itself, outside of any application.
"""

import ctypes
import os
import signal
import sys

PR_SET_CHILD_SUBREAPER = 36
# These are about this process itself, or tell of its own mistakes.
OWN_SIGNALS = {
    signal.SIGCHLD,
    signal.SIGKILL,
    signal.SIGSTOP,
    signal.SIGSEGV,
    signal.SIGBUS,
    signal.SIGFPE,
    signal.SIGILL,
    signal.SIGABRT,
    signal.SIGTRAP,
    signal.SIGSYS,
}


def main(command):
    if os.getpid() != 1:
        adopt_orphans()
    taken = set(signal.valid_signals()) - (OWN_SIGNALS - {signal.SIGCHLD})
    # Blocked from before the command is started until they are waited for: none is lost in between.
    signal.pthread_sigmask(signal.SIG_BLOCK, taken)
    child = start(command, taken)
    while True:
        number = signal.sigwait(taken)
        if number != signal.SIGCHLD:
            hand_on(child, number)
            continue
        status = bury(child)
        if status is not None:
            return status


def adopt_orphans():
    """Where another process is number 1, as Node may be, orphans of ours come here all the same."""
    try:
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    except (OSError, AttributeError):
        # Not Linux: there they go to process 1.
        pass


def start(command, taken):
    pid = os.fork()
    if pid != 0:
        return pid
    try:
        lead_the_terminal()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, taken)
        # Python ignores these; a new program would go on ignoring them.
        for name in ("SIGPIPE", "SIGXFSZ"):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        os.execvp(command[0], command)
    except OSError as error:
        print("init.py: cannot run {}: {}".format(command[0], error), file=sys.stderr, flush=True)
    finally:
        os._exit(127)


def lead_the_terminal():
    """In a group of its own the command gets what a terminal sends once, and not a second time from us."""
    os.setpgid(0, 0)
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        return
    # SIGTTOU, which this would cause, is still blocked.
    try:
        os.tcsetpgrp(terminal, os.getpid())
    except OSError:
        pass
    os.close(terminal)


def hand_on(child, number):
    try:
        os.kill(child, number)
    except ProcessLookupError:
        # It has just ended.
        pass


def bury(child):
    """Waits for all that have ended. Returns what the command ended with, if it is among them."""
    result = None
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return result
        if pid == 0:
            return result
        if pid == child:
            result = 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
