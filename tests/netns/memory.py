#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Memory that runs out, once for each place of the program that asks for some: memory.py WHAT LIBRARY
CONTROL COMMAND..., where WHAT is check, start or reload.

The program runs with tests/preload/scarce.c preloaded. A first run tells in which functions of the
program memory is asked for; then, for each of them, one allocation fails in a run of its own. What a
check went through is left out of a start, which reads the same configuration first.
check: COMMAND has to end with its usual exit code, or with 1 and an error. start: with 1 and an
error, or it serves and ends cleanly. reload: COMMAND, a client, always gets an answer from a daemon
that runs with the library, and PROBE (an environment variable, a command) succeeds afterwards.
"""
import os
import signal
import struct
import subprocess
import sys
import time

PATIENCE_S = 60

what, library, control, *command = sys.argv[1:]
log = control + ".log"
seen = control + ".seen"
faults = 0


def control_set(fail, logs):
    """count, fail, failed, log: see scarce.c."""
    fd = os.open(control, os.O_RDWR | os.O_CREAT, 0o600)
    os.pwrite(fd, struct.pack("4I", 0, fail, 0, logs), 0)
    os.close(fd)


def has_failed():
    with open(control, "rb") as file:
        return struct.unpack("4I", file.read(16))[2] > 0


def environment(preloaded):
    if not preloaded:
        return os.environ
    return dict(os.environ, LD_PRELOAD=library, SCARCE=control, SCARCE_LOG=log)


def run(preloaded):
    """Exit code, None: it hangs; and what it said."""
    with subprocess.Popen(command, env=environment(preloaded), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True) as process:
        try:
            said, _ = process.communicate(timeout=PATIENCE_S)
            return process.returncode, said
        except subprocess.TimeoutExpired:
            process.kill()
            return None, process.communicate()[0]


def serve():
    """The same of a daemon, which is told to end once it serves."""
    with open(control + ".said", "w+") as said:
        process = subprocess.Popen(command, env=environment(True), stdout=said, stderr=said)
        until = time.time() + PATIENCE_S
        while process.poll() is None and time.time() < until:
            with open(said.name) as so_far:
                if " serves\n" in so_far.read():
                    break
            time.sleep(0.01)
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            code = None
        said.seek(0)
        return code, said.read()


def places():
    """The number of the first allocation of each place."""
    first = {}
    with open(log) as lines:
        for line in lines:
            number, stack = line.split()
            first.setdefault(stack, int(number))
    os.truncate(log, 0)  # a daemon goes on to append to it
    if what == "start" and os.path.exists(seen):
        with open(seen) as lines:
            for line in lines:
                first.pop(line.strip(), None)
    if what == "check":
        with open(seen, "w") as lines:
            lines.writelines(place + "\n" for place in first)
    return sorted(first.values())


def fault(number, text, said):
    global faults
    faults += 1
    print(f"allocation {number}: {text}")
    print("".join("    " + line + "\n" for line in said.splitlines()[-5:]), end="")


def one_shot(attempt):
    control_set(0, 1)
    usual, said = attempt()
    if usual != 0:
        fault(0, f"exit code {usual} with all memory", said)
        return
    for number in places():
        control_set(number, 0)
        code, said = attempt()
        if code is None:
            fault(number, "hangs", said)
        elif code not in (0, 1):
            fault(number, f"exit code {code}", said)
        elif code == 1 and "error" not in said and "FAIL" not in said:
            fault(number, "fails without a word", said)


def reload():
    control_set(0, 1)
    run(False)
    control_set(0, 0)
    for number in places():
        control_set(number, 0)
        code, said = run(False)
        control_set(0, 0)
        if code is None or not said.strip():
            fault(number, "no answer", said)
        if subprocess.run(os.environ["PROBE"], shell=True, check=False).returncode:
            fault(number, "serves no more", said)
            return


if what == "check":
    one_shot(lambda: run(True))
elif what == "start":
    one_shot(serve)
else:
    reload()
sys.exit(faults > 0)
