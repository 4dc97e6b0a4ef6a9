#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Connections that never become a request: a byte of each now and then, made anew where they are closed.

  flood.py COUNT ADDRESS PORT      over TCP
  flood.py COUNT PATH              to a Unix socket

Says "flooding" once all were made, and goes on until it is killed.
"""
import selectors
import socket
import sys
import time

count, where = int(sys.argv[1]), sys.argv[2:]


def dial():
    if len(where) == 1:
        client = socket.socket(socket.AF_UNIX)
        target = where[0]
    else:
        client = socket.socket(socket.AF_INET6 if ":" in where[0] else socket.AF_INET)
        target = (where[0], int(where[1]))
    client.setblocking(False)
    try:
        client.connect(target)
    except BlockingIOError:
        pass
    return client


clients = [dial() for _ in range(count)]
print("flooding", flush=True)
while True:
    begin = time.monotonic()
    for i, client in enumerate(clients):
        try:
            client.send(b"X")
        except BlockingIOError:
            pass
        except OSError:
            client.close()
            try:
                clients[i] = dial()
            except OSError:
                clients[i] = socket.socket(socket.AF_UNIX)
    time.sleep(max(0.05, 0.5 - (time.monotonic() - begin)))
