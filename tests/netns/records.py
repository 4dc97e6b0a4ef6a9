#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A record stream from lines "NAME ADDRESS [TTL [LEFT]]" on stdin, and a client of the control socket.

  records.py make [FINGERPRINT [WALL-OFFSET]]   the stream, on stdout
  records.py numbers FROM TO                    such lines: n<i>.load.example
  records.py send SOCKET COMMAND...             the command, stdin behind it; the answer on stdout

Written from the format's description alone (user/store/stream.h), so that it does not share the mistakes of the
daemon's own writer.
"""
import socket
import struct
import sys
import time
import zlib


def framed(payload, end=False):
    length = 0 if end else len(payload)
    return struct.pack("<II", length, zlib.crc32(struct.pack("<I", length) + payload)) + payload


def wire(name):
    labels = name.lower().rstrip(".").split(".")
    return b"".join(bytes([len(label)]) + label.encode() for label in labels) + b"\0"


def record(name, address, ttl=3600, left=None):
    qname = wire(name)
    body = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, ttl, 4) + socket.inet_aton(address)
    left_ns = (ttl if left is None else left) * 10**9
    fixed = struct.pack("<QIHHHHHHHBBBBBB", left_ns, ttl, 1, 0x8180, 1, 0, 0, 1, len(body), len(qname), 3, 0, 0, 0, 255)
    return framed(fixed + qname + body + struct.pack("<H", 6))


def make(fingerprint=0, wall_offset=0):
    header = b"rbstream" + struct.pack("<IIQI", 2, int(fingerprint), time.time_ns() + int(wall_offset) * 10**9, 0)
    out = [header + struct.pack("<I", zlib.crc32(header))]
    for line in sys.stdin:
        words = line.split()
        out.append(record(words[0], words[1], *map(int, words[2:])))
    out.append(framed(struct.pack("<Q", len(out) - 1), end=True))
    sys.stdout.buffer.write(b"".join(out))


def numbers(first, last):
    for i in range(int(first), int(last)):
        print(f"n{i}.load.example 10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}")


def send(path, *command):
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    client.sendall(("UBCT1 " + " ".join(command) + "\n").encode())
    try:
        client.sendall(sys.stdin.buffer.read())
        client.shutdown(socket.SHUT_WR)
    except BrokenPipeError:
        pass
    while True:
        try:
            some = client.recv(65536)
        except ConnectionResetError:
            break
        if not some:
            break
        sys.stdout.buffer.write(some)


{"make": make, "numbers": numbers, "send": send}[sys.argv[1]](*sys.argv[2:])
