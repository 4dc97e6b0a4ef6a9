#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Asks for somebody else, by the PROXY protocol, version 2.

proxy-clients.py udp|tcp|tls|within FROM SERVER PORT FOR SECONDS: FOR is an address, "own" for one's own
question, or "none" for no header at all. Prints the rcode, or "silence" after that many seconds.
Over a connection the header comes byte by byte; "within" is TLS with the header inside of it.
"""
import socket
import ssl
import struct
import sys
import time

QUERY = b"\x12\x34\x01\0\0\1\0\0\0\0\0\0\3www\6signed\7example\0\0\1\0\1"
SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"

how, source, server, port, whom, seconds = sys.argv[1:7]
family = socket.AF_INET6 if ":" in server else socket.AF_INET
kind = socket.SOCK_DGRAM if how == "udp" else socket.SOCK_STREAM


def header():
    if whom == "none":
        return b""
    if whom == "own":
        return SIGNATURE + b"\x20\0\0\0"
    of_client = socket.AF_INET6 if ":" in whom else socket.AF_INET
    addresses = socket.inet_pton(of_client, whom) * 2 + struct.pack("!HH", 12345, 53)
    code = (0x20 if of_client == socket.AF_INET6 else 0x10) | (2 if how == "udp" else 1)
    return SIGNATURE + bytes([0x21, code]) + struct.pack("!H", len(addresses)) + addresses


def over_tls(sock):
    made = ssl.create_default_context()
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made.wrap_socket(sock)


sock = socket.socket(family, kind)
sock.bind((source, 0))
sock.settimeout(float(seconds))
try:
    sock.connect((server, int(port)))
    if how == "udp":
        sock.send(header() + QUERY)
        reply = sock.recv(4096)
    else:
        if how == "within":
            sock = over_tls(sock)
        for byte in header():
            sock.sendall(bytes([byte]))
            time.sleep(0.002)
        if how == "tls":
            sock = over_tls(sock)
        sock.sendall(struct.pack("!H", len(QUERY)) + QUERY)
        reply = sock.recv(4096)
        if len(reply) == 2:
            reply += sock.recv(4096)
        reply = reply[2:]
    print("rcode %d" % (reply[3] & 15) if len(reply) > 12 else "silence")
except OSError:
    print("silence")
