# SPDX-License-Identifier: BSD-2-Clause
"""Holds one thread of a process, as if it had very much to do, until this ends.

hold.py PID NAME    NAME: of the thread. Says "held"."""
import ctypes
import os
import signal
import sys

PTRACE_SEIZE, PTRACE_INTERRUPT = 0x4206, 0x4207
ANY_THREAD = 0x40000000  # __WALL


def main():
    process, name = sys.argv[1:]
    tasks = f"/proc/{process}/task"
    thread = next(int(task) for task in os.listdir(tasks)
                  if open(f"{tasks}/{task}/comm").read().strip() == name)
    ptrace = ctypes.CDLL(None, use_errno=True).ptrace
    for request in PTRACE_SEIZE, PTRACE_INTERRUPT:
        if ptrace(request, thread, None, None):
            sys.exit(os.strerror(ctypes.get_errno()))
    os.waitpid(thread, ANY_THREAD)
    print("held", flush=True)
    signal.pause()


main()
