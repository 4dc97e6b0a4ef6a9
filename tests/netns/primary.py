#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""primary.py DIR ADDRESS: a primary for the zone files of DIR, by TCP: SOA and AXFR, a message for each
record. A file ZONE.pause has the seconds before each message of a transfer. With a file ZONE.ixfr IXFR is
answered by an SOA of the serial that stands there, alone; ZONE.soa has the serial for questions for the SOA. A
line on stdout for each question: ZONE TYPE."""

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


def number_of(name, kind):
    """What the file ZONE.kind says; None: there is none."""
    try:
        with open(path_of(name) + kind, encoding="ascii") as file:
            return float(file.read())
    except OSError:
        return None


def soa_of(name, serial):
    soa = records(name)[0]
    if serial is None:
        return soa
    return dns.rrset.from_rdata(soa.name, soa.ttl, soa[0].replace(serial=int(serial)))


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
            return self.send(query, [soa_of(name, number_of(name, ".soa"))])
        if kind == dns.rdatatype.IXFR and number_of(name, ".ixfr") is not None:
            return self.send(query, [soa_of(name, number_of(name, ".ixfr"))])
        if kind != dns.rdatatype.AXFR:
            return self.send(query, [], dns.rcode.NOTIMP)
        for rrset in records(name):
            time.sleep(number_of(name, ".pause") or 0)
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
