#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
When a hot name that a list has now is void: serves the list by HTTP, has the daemon fetch it, and asks
for some of its names all the time, by UDP (the kernel answers these) and by TCP (a worker does). Prints
JSON, in milliseconds from the last byte of the list.

void.py SERVER LISTEN CONTROL LOG LIST NAME...    CONTROL: a command that has the list fetched
"""
import http.server
import json
import os
import re
import socket
import struct
import subprocess
import sys
import threading
import time

DEADLINE_S = 60
NXDOMAIN = 3


class Served:
    def __init__(self):
        self.taken = threading.Event()
        self.taken_s = 0.0


def http_serve(address, path, served):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            with open(path, "rb") as file:
                body = file.read()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            served.taken_s = time.monotonic()
            served.taken.set()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer((address, 8080), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def query(number, name):
    wire = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack("!6H", number, 0x100, 1, 0, 0, 0) + wire + b"\0\0\x01\0\x01"


class Udp:
    def __init__(self, server):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(0.1)
        self.socket.connect((server, 53))

    def ask(self, message):
        self.socket.send(message)
        while True:
            reply = self.socket.recv(2048)
            if reply[:2] == message[:2]:
                return reply


class Tcp:
    def __init__(self, server):
        self.socket = socket.create_connection((server, 53))
        self.file = self.socket.makefile("rb")

    def ask(self, message):
        self.socket.sendall(struct.pack("!H", len(message)) + message)
        return self.file.read(struct.unpack("!H", self.file.read(2))[0])


def watch(connect, server, names, results, title):
    """Ask for one name after the other, each until it is blocked."""
    channel, number = connect(server), 0
    end_s = time.monotonic() + DEADLINE_S
    left = list(names)
    results[title] = None
    while left and time.monotonic() < end_s:
        for name in list(left):
            number = number % 65535 + 1
            try:
                reply = channel.ask(query(number, name))
            except (OSError, struct.error):
                channel = connect(server)
                continue
            if reply[3] & 15 == NXDOMAIN:
                left.remove(name)
        time.sleep(0.001)
    if not left:
        results[title] = time.monotonic()


def said(log, begin):
    """What the daemon says of it, from this place of its log on."""
    end_s = time.monotonic() + DEADLINE_S
    pattern = re.compile(r"(\d+) answers were removed from the hot table in (\d+) ms")
    while time.monotonic() < end_s:
        with open(log, errors="replace") as file:
            file.seek(begin)
            text = file.read()
        found = pattern.search(text)
        if found:
            compiled = re.search(r"compiled in (\d+) ms", text)
            return {"removed": int(found[1]), "sweep_ms": int(found[2]),
                    "compile_ms": int(compiled[1]) if compiled else None}
        time.sleep(0.01)
    return {}


def main():
    server, listen, control, log, path = sys.argv[1:6]
    names, served, results = sys.argv[6:], Served(), {}
    http_serve(listen, path, served)
    begin = os.path.getsize(log)
    watchers = [threading.Thread(target=watch, args=(way, server, names, results, title))
                for title, way in (("kernel", Udp), ("userspace", Tcp))]
    for watcher in watchers:
        watcher.start()
    began_s = time.monotonic()
    subprocess.run(control, shell=True, check=True, stdout=subprocess.DEVNULL)
    served.taken.wait(DEADLINE_S)
    for watcher in watchers:
        watcher.join()
    figures = {"fetch_ms": round((served.taken_s - began_s) * 1000)}
    for title, when_s in results.items():
        figures[title + "_ms"] = round((when_s - served.taken_s) * 1000) if when_s else -1
    print(json.dumps({**figures, **said(log, begin)}, separators=(",", ":")))


if __name__ == "__main__":
    main()
