# SPDX-License-Identifier: BSD-2-Clause
"""What systemd does for a service with a descriptor store, for one program.

    manager.py DIRECTORY PROGRAM ARGUMENT...

DIRECTORY/kept has the names of what is kept. SIGUSR1: end the program, and start it again once there
is DIRECTORY/go. SIGTERM: end it, and end."""
import os
import signal
import socket
import struct
import sys
import time

directory, command = sys.argv[1], sys.argv[2:]
kept = []  # name, descriptor
wanted = []


def show():
    with open(directory + "/kept.new", "w", encoding="ascii") as out:
        out.write("".join(name + "\n" for name, _ in kept))
    os.rename(directory + "/kept.new", directory + "/kept")


def start():
    pid = os.fork()
    if pid:
        return pid
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.environ["NOTIFY_SOCKET"] = directory + "/notify"
    if kept:
        os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(kept)),
                          LISTEN_FDNAMES=":".join(name for name, _ in kept))
        high = [os.dup2(fd, 200 + number) for number, (_, fd) in enumerate(kept)]
        for number, fd in enumerate(high):
            os.dup2(fd, 3 + number, inheritable=True)
        os.closerange(3 + len(high), 1024)
    os.execv(command[0], command)


def hear(notify):
    data, controls, _, _ = notify.recvmsg(65536, socket.CMSG_SPACE(1024))
    fds = [fd for _, _, part in controls for fd in struct.unpack("%di" % (len(part) // 4), part)]
    fields = dict(line.split("=", 1) for line in data.decode().splitlines() if "=" in line)
    for fd in fds:
        if any(os.path.samestat(os.fstat(fd), os.fstat(other)) for _, other in kept):
            os.close(fd)  # it is kept already
        else:
            kept.append((fields["FDNAME"], fd))
    if "FDSTOREREMOVE" in fields:
        for entry in [entry for entry in kept if entry[0] == fields["FDNAME"]]:
            kept.remove(entry)
            os.close(entry[1])
    show()


notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind(directory + "/notify")
notify.settimeout(0.1)
for number in (signal.SIGUSR1, signal.SIGTERM):
    signal.signal(number, lambda got, _: wanted.append(got))
child = start()
while True:
    try:
        hear(notify)
    except TimeoutError:
        pass
    if not wanted:
        continue
    os.kill(child, signal.SIGTERM)
    os.waitpid(child, 0)
    print("ended", flush=True)
    if wanted.pop(0) == signal.SIGTERM:
        break
    while not os.path.exists(directory + "/go"):
        time.sleep(0.05)
    os.remove(directory + "/go")
    child = start()
