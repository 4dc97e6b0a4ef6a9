#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""feeds.py DIR ADDRESS PEM KEY [PEM KEY...]: the files of DIR by http and https, as servers of lists
have them: an ETag for each, 304 where it is known, /moved/NAME elsewhere by https, /down/NAME by http,
/loop here again, /page/NAME as a page, /short/NAME without its end. Further certificates are served on
ports 8440, 8441, ... A line on stdout for each request: PATH STATUS."""

import hashlib
import http.server
import os
import socket
import ssl
import sys
import threading

directory, address = sys.argv[1:3]
certificates = list(zip(sys.argv[3::2], sys.argv[4::2]))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, headers=(), body=b"", length=None):
        # In one piece: requests come side by side.
        print(f"{self.path} {status}\n", end="", flush=True)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        parts = self.path.strip("/").split("/")
        host = self.headers["Host"].split(":")[0]
        if parts[0] == "moved":
            return self.answer(302, [("Location", f"https://{host}/{parts[1]}")])
        if parts[0] == "down":
            return self.answer(302, [("Location", f"http://{host}/{parts[1]}")])
        if parts[0] == "loop":
            return self.answer(302, [("Location", "/loop")])
        try:
            with open(os.path.join(directory, parts[-1]), "rb") as file:
                body = file.read()
        except OSError:
            return self.answer(404, [], b"nothing here\n")
        tag = '"' + hashlib.sha1(body).hexdigest() + '"'
        if self.headers.get("If-None-Match") == tag:
            return self.answer(304, [("ETag", tag)])
        if parts[0] == "short":
            self.close_connection = True
            return self.answer(200, [], body, len(body) + 1)
        kind = "text/html" if parts[0] == "page" else "text/plain"
        return self.answer(200, [("ETag", tag), ("Content-Type", kind)], body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6 if ":" in address else socket.AF_INET


def serve(port, certificate=None):
    server = Server((address, port), Handler)
    if certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*certificate)
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever).start()


serve(80)
for number, certificate in enumerate(certificates):
    serve(8439 + number if number else 443, certificate)
