#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What auth-zones for clients say, against Unbound's.

    auth-differential.py RUNBOUND UNBOUND CLIENT ZONE...

Every name and type of names() and TYPES, with and without RD, CD and DO, sent from CLIENT. Each question is asked
twice of runbound: the second answer may come from the table. Where Unbound differs with good reason is in want(). The
last line is "N alike, N different"."""
import select
import socket
import sys

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

TYPES = ["A", "TXT", "DS", "NS", "SOA", "CNAME", "DNSKEY", "NSEC", "NSEC3", "RRSIG", "ANY"]
FLAGS = [dns.flags.RD, 0, dns.flags.RD | dns.flags.CD]
EDNS = [None, dns.flags.DO]
AT_ONCE = 100
SILENCE_S = 2


def names(zone):
    """The apex, what is there, what is between, what a wildcard makes or denies, both sides of a cut, aliases."""
    below = ["www", "nothing", "a.nothing", "www.www", "low.ent", "ent", "x.low.ent", "wild", "*.wild", "any.wild",
             "any.any.wild", "here.wild", "x.here.wild", "any.wild-alias", "signed", "a.signed", "ns.signed", "unsigned",
             "a.unsigned", "ns.unsigned", "far.deep", "deep", "x.far.deep", "alias", "dangling", "loop", "out",
             "dname", "x.dname"]
    return [zone + "."] + ["%s.%s." % (name, zone) for name in below]


class Question:
    """One question, as it is sent."""

    def __init__(self, name, rdtype, flags, edns):
        query = dns.message.make_query(name, rdtype)
        query.flags = flags
        if edns is not None:
            query.use_edns(0, edns, 1232)
        self.name = name
        self.wire = query.to_wire()
        self.text = "%s %s %s DO=%s" % (name, rdtype, dns.flags.to_text(flags) or "-", edns)

    def is_of(self, reply):
        return reply.question and reply.question[0].name.to_text() == self.name


def want(section, rrset, rdata):
    """A record as it is compared."""
    ttl = rrset.ttl
    # RFC 6672 3.1: that of the DNAME, as newer Unbound has it; Debian's says 0.
    if section == "answer" and rrset.rdtype == dns.rdatatype.CNAME and ".dname." in rrset.name.to_text():
        ttl = "as its DNAME's"
    return "%s %s %s %s" % (rrset.name, ttl, dns.rdatatype.to_text(rrset.rdtype), rdata)


def shape(reply):
    if reply is None:
        return "silence"
    sections = {section: sorted(want(section, rrset, rdata) for rrset in getattr(reply, section) for rdata in rrset)
                for section in ("answer", "authority", "additional")}
    return "%s [%s] %s" % (dns.rcode.to_text(reply.rcode()), dns.flags.to_text(reply.flags), sections)


class Server:
    """One of the two, and a socket for it alone."""

    def __init__(self, address, client):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind((client, 0))
        self.sock.connect((address, 53))

    def ask(self, questions):
        """The shape of each reply."""
        got = [None] * len(questions)
        for first in range(0, len(questions), AT_ONCE):
            waits = set(range(first, min(first + AT_ONCE, len(questions))))
            for number in waits:
                self.sock.send(number.to_bytes(2, "big") + questions[number].wire[2:])
            while waits and select.select([self.sock], [], [], SILENCE_S)[0]:
                reply = dns.message.from_wire(self.sock.recv(65535))
                if reply.id in waits and questions[reply.id].is_of(reply):
                    got[reply.id] = reply
                    waits.discard(reply.id)
        return [shape(reply) for reply in got]


def main(ours, theirs, client, *zones):
    alike = different = 0
    ours, theirs = Server(ours, client), Server(theirs, client)
    for zone in zones:
        # The apex's DS is its parent's.
        questions = [Question(name, rdtype, flags, edns) for name in names(zone) for rdtype in TYPES
                     if (name, rdtype) != (zone + ".", "DS") for flags in FLAGS for edns in EDNS]
        wanted = theirs.ask(questions)
        for turn in ("first", "second"):
            for question, one, got in zip(questions, wanted, ours.ask(questions)):
                if one == got:
                    alike += 1
                    continue
                different += 1
                if different <= 20:
                    print("%s, %s:\n  unbound:  %s\n  runbound: %s" % (question.text, turn, one, got))
    print("%d alike, %d different" % (alike, different))
    return 1 if different or not alike else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
