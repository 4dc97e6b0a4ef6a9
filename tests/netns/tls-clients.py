#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Clients of DNS over TLS that behave badly, or in a way that others seldom do.

tls-clients.py ADDRESS PORT WHAT: prints what came of it, one line.
"""
import collections
import socket
import ssl
import struct
import sys
import threading
import time

QUERY = b"\x12\x34\x01\0\0\1\0\0\0\0\0\0\3www\6signed\7example\0\0\1\0\1"
FRAMED = struct.pack("!H", len(QUERY)) + QUERY


def connect(address, port):
    return socket.create_connection((address, port), 5)


def context():
    made = ssl.create_default_context()
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


def hello():
    """The first bytes of a client, as OpenSSL makes them."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        context().wrap_bio(incoming, outgoing).do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def trickle(send, data, closed):
    """A byte now and then, until the server has enough of it; the seconds that it took."""
    began = time.monotonic()
    for byte in data:
        try:
            send(bytes([byte]))
        except OSError:
            break
        if closed():
            break
        if time.monotonic() - began > 20:
            return "still open"
    return "closed after %.1f" % (time.monotonic() - began)


def is_closed(sock, wait_s):
    sock.settimeout(wait_s)
    try:
        return not sock.recv(100)
    except (TimeoutError, ssl.SSLWantReadError):
        return False
    except OSError:
        return True


def slow_handshake(address, port):
    sock = connect(address, port)
    return trickle(sock.sendall, hello(), lambda: is_closed(sock, 0.2))


def slow_query(address, port):
    sock = context().wrap_socket(connect(address, port))
    return trickle(sock.sendall, b"\x01\x00" + QUERY * 9, lambda: is_closed(sock, 0.2))


def silent(address, port):
    sock = connect(address, port)
    began = time.monotonic()
    return "closed after %.1f" % (time.monotonic() - began) if is_closed(sock, 20) else "still open"


def half_closed(address, port):
    """The question and the end of what is sent, at once: the answer comes all the same."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context().wrap_bio(incoming, outgoing)
    sock = connect(address, port)

    def step(function):
        while True:
            try:
                done = function()
                sock.sendall(outgoing.read())
                return done
            except ssl.SSLWantReadError:
                sock.sendall(outgoing.read())
                data = sock.recv(65536)
                if not data:
                    incoming.write_eof()
                incoming.write(data)

    step(tls.do_handshake)
    tls.write(FRAMED)
    try:
        tls.unwrap()
    except ssl.SSLWantReadError:
        pass
    sock.sendall(outgoing.read())
    sock.settimeout(5)
    got = 0
    while data := sock.recv(65536):
        got += len(data)
    return "answered" if got > 100 else "%d bytes" % got


def plain(address, port):
    """DNS over TCP where TLS is spoken."""
    sock = connect(address, port)
    sock.sendall(FRAMED)
    sock.settimeout(5)
    got = b""
    try:
        while data := sock.recv(65536):
            got += data
    except OSError:
        pass
    return "answered" if b"signed" in got else "closed"


def many(address, port):
    """Questions in many pieces and records, all in flight together."""
    sock = context().wrap_socket(connect(address, port))
    data = FRAMED * 200
    for i in range(0, len(data), 37):
        sock.sendall(data[i : i + 37])
    sock.settimeout(5)
    got, count = b"", 0
    while count < 200:
        got += sock.recv(65536)
        while len(got) > 2 and len(got) >= 2 + (got[0] << 8 | got[1]):
            got = got[2 + (got[0] << 8 | got[1]) :]
            count += 1
    return "answered %d" % count


def late_reader(address, port):
    """Far more in answers than the network holds, read late: the server stops in the middle of them."""
    name = b"\x09text-huge\6signed\7example\0"
    query = QUERY[:12] + name + b"\0\x10\0\1"
    raw = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.connect((address, port))
    sock = context().wrap_socket(raw)
    count = 400
    sock.sendall((struct.pack("!H", len(query)) + query) * count)
    time.sleep(0.5)
    sock.settimeout(5)
    got, seen = b"", 0
    while seen < count:
        got += sock.recv(65536)
        while len(got) > 2 and len(got) >= 2 + (got[0] << 8 | got[1]):
            size = got[0] << 8 | got[1]
            if name not in got[:100] or size < 1000:
                return "a wrong answer of %d bytes" % size
            got = got[2 + size :]
            seen += 1
    return "answered %d" % seen


def asks(address, port, source):
    """A connection from there that has asked and been answered; None: it was closed."""
    try:
        raw = socket.create_connection((address, port), 30, source_address=(source, 0))
        sock = context().wrap_socket(raw)
        sock.sendall(FRAMED)
        return sock if len(sock.recv(1000)) >= 12 else None
    except OSError:
        return None


def resumed(address, port):
    """A question over each of two connections, the second by the ticket of the first."""
    made, session = context(), None
    for _ in range(2):
        sock = made.wrap_socket(socket.create_connection((address, port), 30), session=session)
        sock.sendall(FRAMED)
        if len(sock.recv(1000)) < 12:
            return "closed"
        session = sock.session
    return "resumed %s" % sock.session_reused


def limited(address, port):
    """From one network until no more is had, then from another one, then again from the first."""
    held = []
    while len(held) < 20 and (sock := asks(address, port, "192.0.2.1")):
        held.append(sock)
    count = len(held)
    other = asks(address, port, "192.0.2.66") is not None
    held.pop().close()
    until = time.monotonic() + 60
    while time.monotonic() < until and not (sock := asks(address, port, "192.0.2.1")):
        time.sleep(0.05)
    return "held %d, another %s, then %s" % (
        count, "answered" if other else "closed", "one more" if sock else "none")


def crowd(address, port):
    """One address takes every seat there is, again and again; somebody else asks meanwhile."""
    end = threading.Event()

    def flood():
        held = collections.deque(maxlen=60)
        while not end.is_set():
            try:
                held.append(socket.create_connection((address, port), 1))
            except OSError:
                pass
            time.sleep(0.002)

    threads = [threading.Thread(target=flood) for _ in range(4)]
    for thread in threads:
        thread.start()
    answered = 0
    time.sleep(0.5)
    for _ in range(20):
        until = time.monotonic() + 60
        while time.monotonic() < until:  # as any client does, on a machine that may have much else to do
            if asks(address, port, "192.0.2.66"):
                answered += 1
                break
    end.set()
    for thread in threads:
        thread.join()
    return "answered %d" % answered


address, port, what = sys.argv[1], int(sys.argv[2]), sys.argv[3]
print(globals()[what](address, port))
