#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""primary.py DIR ADDRESS: a primary for the zone files of DIR, by TCP: SOA and AXFR, a message for each
record. A file ZONE.pause has the seconds before each message of a transfer. A line on stdout for each
question: ZONE TYPE."""

import os
import socketserver
import struct
import sys
import time

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import dns.zone

directory, address = sys.argv[1:]


def path_of(name):
    return os.path.join(directory, name.to_text(omit_final_dot=True))


def pause_of(name):
    try:
        with open(path_of(name) + ".pause", encoding="ascii") as file:
            return float(file.read())
    except OSError:
        return 0


def records(name):
    zone = dns.zone.from_file(path_of(name), origin=name, relativize=False)
    soa, rest = None, []
    for owner, rdataset in zone.iterate_rdatasets():
        rrset = dns.rrset.from_rdata_list(owner, rdataset.ttl, list(rdataset))
        if rdataset.rdtype == dns.rdatatype.SOA:
            soa = rrset
        else:
            rest.append(rrset)
    return [soa, *rest, soa]


class Conversation(socketserver.BaseRequestHandler):
    def send(self, query, rrsets, rcode=dns.rcode.NOERROR):
        response = dns.message.make_response(query)
        response.set_rcode(rcode)
        response.answer = rrsets
        wire = response.to_wire()
        self.request.sendall(struct.pack("!H", len(wire)) + wire)

    def answer(self, query):
        name, kind = query.question[0].name, query.question[0].rdtype
        # In one piece: questions come side by side.
        print(f"{name} {dns.rdatatype.to_text(kind)}\n", end="", flush=True)
        if kind == dns.rdatatype.SOA:
            return self.send(query, records(name)[:1])
        if kind != dns.rdatatype.AXFR:
            return self.send(query, [], dns.rcode.NOTIMP)
        for rrset in records(name):
            time.sleep(pause_of(name))
            self.send(query, [rrset])

    def handle(self):
        file = self.request.makefile("rb")
        while prefix := file.read(2):
            try:
                self.answer(dns.message.from_wire(file.read(struct.unpack("!H", prefix)[0])))
            except OSError:
                return


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64


Server((address, 53), Conversation).serve_forever()
