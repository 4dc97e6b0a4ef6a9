#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Watches an interface: what leaves that is neither TLS nor what it takes to get there.

Of each TCP connection to one of the ports the records are followed; of anything else it tells. At SIGTERM it
prints how many bytes were TLS, and "clear" with what was not.
"""
import signal
import socket
import struct
import sys

RECORDS = {20, 21, 22, 23}  # of TLS
NAME = b"\x07example"       # as a question has it
PORTS = {int(port) for port in sys.argv[2:]}

tls_bytes = 0
clear = []
streams = {}  # bytes of a record that are still to come; a header that is not complete
expected = {}  # the sequence number that comes next


def follow(key, payload):
    global tls_bytes
    left, head = streams.get(key, (0, b""))
    tls_bytes += len(payload)
    while payload:
        if left:
            skipped = min(left, len(payload))
            left -= skipped
            payload = payload[skipped:]
            continue
        take = 5 - len(head)
        head += payload[:take]
        payload = payload[take:]
        if len(head) == 5:
            if head[0] not in RECORDS or head[1] != 3:
                clear.append(f"no TLS record: {head.hex()}")
                break
            left, head = struct.unpack("!H", head[3:])[0], b""
    streams[key] = (left, head)


def new_part(key, sequence, payload):
    """What a segment has that none before it had: a busy machine sends some twice."""
    ahead = (sequence - expected.setdefault(key, sequence) + 2**31) % 2**32 - 2**31
    if ahead > 0:
        clear.append("the watcher has missed something")
    payload = payload[max(0, -ahead):]
    expected[key] = (max(sequence, sequence - ahead) + len(payload)) % 2**32
    return payload


def look(frame):
    if NAME in frame:
        clear.append("a name: " + frame.hex())
    if frame[12:14] != b"\x08\x00" or frame[23] not in (6, 17):
        return
    size = 14 + 4 * (frame[14] & 15)
    end = 14 + struct.unpack("!H", frame[16:18])[0]
    source, port, sequence = struct.unpack("!HHI", frame[size:size + 8])
    if frame[23] == 17 or port not in PORTS:
        clear.append(f"to port {port}: {frame[size:].hex()}")
        return
    payload = frame[size + 4 * (frame[size + 12] >> 4):end]
    key = (frame[30:34], source)
    if frame[size + 13] & 2:  # SYN counts as a byte
        streams.pop(key, None)
        expected[key] = (sequence + 1) % 2**32
    elif payload:
        follow(key, new_part(key, sequence, payload))


def done(*_):
    print(f"tls {tls_bytes}")
    for line in clear:
        print("clear", line)
    sys.stdout.flush()
    sys.exit(0)


capture = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
capture.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # SO_RCVBUFFORCE: nothing is to be missed
capture.bind((sys.argv[1], 0))
signal.signal(signal.SIGTERM, done)
print("ready", flush=True)
while True:
    packet, address = capture.recvfrom(65536)
    if address[2] == socket.PACKET_OUTGOING:
        look(packet)
