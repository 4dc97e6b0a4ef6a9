#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""feeds.py DIR ADDRESS PEM KEY: the files of DIR by http and https, as servers of lists have them: an
ETag for each, 304 where it is known, /moved/NAME elsewhere by https, /page/NAME as a page. A line on
stdout for each request: PATH STATUS."""

import hashlib
import http.server
import os
import ssl
import sys
import threading

directory, address, pem, key = sys.argv[1:]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, headers=(), body=b""):
        # In one piece: requests come side by side.
        print(f"{self.path} {status}\n", end="", flush=True)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        parts = self.path.strip("/").split("/")
        if parts[0] == "moved":
            return self.answer(302, [("Location", f"https://{self.headers['Host'].split(':')[0]}/{parts[1]}")])
        try:
            with open(os.path.join(directory, parts[-1]), "rb") as file:
                body = file.read()
        except OSError:
            return self.answer(404, [], b"nothing here\n")
        tag = '"' + hashlib.sha1(body).hexdigest() + '"'
        if self.headers.get("If-None-Match") == tag:
            return self.answer(304, [("ETag", tag)])
        kind = "text/html" if parts[0] == "page" else "text/plain"
        return self.answer(200, [("ETag", tag), ("Content-Type", kind)], body)

    def log_message(self, *_):
        pass


def serve(port, context=None):
    server = http.server.ThreadingHTTPServer((address, port), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever).start()


tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(pem, key)
serve(80)
serve(443, tls)
