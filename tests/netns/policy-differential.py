#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Local policy against Unbound's: random zones, data, tags and views, response policy zones and response-ip, the same
file for both, and the same questions.

    policy-differential.py RUNBOUND SEED CONFIGURATIONS QUESTIONS [SECONDS]

In a network namespace of its own, as root. After so many seconds no more configurations are tried. Every question is asked twice: the second answer may come from the table.
The last line is "N alike, N different"."""
import os
import random
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset

UPSTREAM, OURS, THEIRS = 5399, 5301, 5302
TYPES = ["deny", "refuse", "static", "transparent", "redirect", "typetransparent", "inform", "inform_deny",
         "inform_redirect", "always_transparent", "always_refuse", "always_nxdomain", "always_nodata", "always_deny",
         "always_null", "noview"]
LABELS = ["a", "b", "c", "www", "*"]
SOURCES = ["127.0.0.%d" % n for n in range(2, 8)]
QTYPES = ["A", "AAAA", "TXT", "CNAME", "MX", "NS", "SOA", "ANY", "DS", "PTR"]


def upstream():
    """Answers every name with an address of its own, so that what was resolved can be told from what is local."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", UPSTREAM))
    while True:
        wire, peer = sock.recvfrom(4096)
        try:
            query = dns.message.from_wire(wire)
            reply = dns.message.make_response(query, recursion_available=True)
            question = query.question[0]
            last = 8 + sum(question.name.to_text().lower().encode()) % 4
            if question.rdtype == dns.rdatatype.A:
                reply.answer.append(dns.rrset.from_text(question.name, 300, "IN", "A", "203.0.113.%d" % last))
            elif question.rdtype == dns.rdatatype.AAAA:
                reply.answer.append(dns.rrset.from_text(question.name, 300, "IN", "AAAA", "2001:db8::%x" % last))
            sock.sendto(reply.to_wire(), peer)
        except Exception:
            pass


class World:
    """One random configuration."""

    def __init__(self, rng):
        self.rng = rng
        self.names = [rng.choice(["ex.", "org.", "sub.ex.", "deep.sub.ex.", "10.in-addr.arpa.", "localhost."])
                      for _ in range(3)]
        self.tags = ["t0", "t1", "t2"]
        self.lines = ['define-tag: "t0 t1 t2"']
        self.redirects = {}
        self.views = []
        self.zones("", 4)
        if rng.random() < 0.3:
            self.lines.append("unblock-lan-zones: yes")
        for number in range(rng.randrange(3)):
            self.view("v%d" % number)
        for source in SOURCES:
            self.client(source)
        self.policies = []
        for number in range(rng.choice([0, 1, 1, 2])):
            self.policies.append(self.policy("rpz%d." % number))
        if rng.random() < 0.5:
            self.lines += self.responses("")

    def responses(self, indent):
        """response-ip and its like."""
        rng = self.rng
        lines = []
        for net in rng.sample(["203.0.113.8/31", "203.0.113.10/32", "203.0.113.0/24", "2001:db8::8/127",
                               "2001:db8::/64"], rng.randrange(1, 4)):
            action = rng.choice(["deny", "redirect", "inform", "inform_deny", "always_transparent", "always_refuse",
                                 "always_nxdomain"])
            lines.append("%sresponse-ip: %s %s" % (indent, net, action))
            if action == "redirect" and rng.random() < 0.7:
                data = "AAAA 2001:db8::%x" if ":" in net else "A 192.0.2.%d"
                lines.append('%sresponse-ip-data: %s "300 %s"' % (indent, net, data % rng.randrange(256)))
            if not indent and rng.random() < 0.3:
                lines.append('response-ip-tag: %s "%s"' % (net, rng.choice(self.tags)))
        return lines

    def policy(self, zone):
        """A response policy zone: its clause, and its file."""
        rng = self.rng
        clause = ["rpz:", "  name: %s" % zone, "  zonefile: @WORK@/%szone" % zone]
        if rng.random() < 0.3:
            clause.append('  tags: "%s"' % " ".join(rng.sample(self.tags, 2)))
        if rng.random() < 0.2:
            clause.append("  rpz-signal-nxdomain-ra: yes")
        override = rng.choice(["nxdomain", "nodata", "passthru", "drop", "disabled", "cname"] + [None] * 6)
        if override:
            clause.append("  rpz-action-override: %s" % override)
        if override == "cname":
            clause.append("  rpz-cname-override: over.example.")
        lines = ["$ORIGIN " + zone, "$TTL 300", "@ SOA ns.%s host.%s 1 2 3 4 77" % (zone, zone), "@ NS ns." + zone]
        names = {rng.choice(["", "", "*."]) + self.name() for _ in range(rng.randrange(1, 9))}
        for name in sorted(name.replace("*.*.", "*.") for name in names):
            lines += self.trigger(name.rstrip("."), True)
        # Unbound 1.17 overrides no action of a client's trigger that has data, as later ones do.
        for source in rng.sample(SOURCES, 0 if override else rng.randrange(2)):
            lines += self.trigger("32.%s.rpz-client-ip" % ".".join(reversed(source.split("."))), False)
        for net in rng.sample(["31.8.113.0.203", "32.10.113.0.203", "24.0.113.0.203", "128.9.zz.db8.2001",
                               "64.zz.db8.2001"], rng.randrange(3)):
            # Unbound 1.17 drops what it has resolved, and then answers it from its cache; and an override by a CNAME
            # makes it look at the target's address, too.
            if override not in ("drop", "cname"):
                lines += [line for line in self.trigger(net + ".rpz-ip", False) if "drop" not in line]
        return "\n".join(clause) + "\n", zone + "zone", "\n".join(lines) + "\n"

    def trigger(self, name, may_pass):
        rng = self.rng
        data = "A 192.0.2.%d" % rng.randrange(256)
        # Unbound 1.17 goes on with the name's trigger where a client's lets it pass, as later ones do not.
        action = rng.choice(["CNAME .", "CNAME *.", "CNAME rpz-drop.", "CNAME rpz-tcp-only.", data, data, "TXT text"] +
                            ["CNAME rpz-passthru.", "CNAME target.example.", "CNAME *.garden.example."] * may_pass)
        lines = ["%s %s" % (name, action)]
        if action == data and rng.random() < 0.4:
            lines.append("%s AAAA 2001:db8::%x" % (name, rng.randrange(256)))
        return lines

    def name(self, above=None):
        rng = self.rng
        name = above if above else rng.choice(self.names)
        for _ in range(rng.choice([0, 0, 1, 1, 2])):
            name = rng.choice(LABELS[:4]) + "." + name
        return name

    def zones(self, indent, most):
        rng = self.rng
        there = {}
        for _ in range(rng.randrange(1, most + 1)):
            zone = self.name()
            if zone in there:
                continue
            there[zone] = rng.choice(TYPES)
            self.lines.append("%slocal-zone: %s %s" % (indent, zone, there[zone]))
            self.names.append(zone)
            if not indent and rng.random() < 0.4:
                self.lines.append('local-zone-tag: %s "%s"' % (zone, " ".join(rng.sample(self.tags, 2))))
            if not indent and rng.random() < 0.2:
                self.lines.append("local-zone-override: %s %s/32 %s" % (zone, rng.choice(SOURCES), rng.choice(TYPES)))
        for _ in range(rng.randrange(6)):
            self.data(indent, there)

    def data(self, indent, there):
        rng = self.rng
        owner = self.name()
        if owner.endswith("localhost."):  # a default zone of type redirect
            there = {"localhost.": "redirect", **there}
        inside = [zone for zone in there if owner == zone or owner.endswith("." + zone)]
        kind = max(inside, key=len) if inside else None
        if kind and "redirect" in there[kind]:
            owner = kind
            if owner not in self.redirects and owner != "localhost." and rng.random() < 0.3:
                self.redirects[owner] = "CNAME"
                self.lines.append("%slocal-data: '%s 300 IN CNAME %s'"
                                  % (indent, owner, rng.choice(["to.example.", "*.garden.example."])))
            if self.redirects.setdefault(owner, "A") == "CNAME":
                return
            rdata = rng.choice(["A 192.0.2.%d" % rng.randrange(256), "AAAA 2001:db8::%x" % rng.randrange(256)])
        else:
            rdata = rng.choice(["A 192.0.2.%d" % rng.randrange(256), "AAAA 2001:db8::%x" % rng.randrange(256),
                                'TXT "text %d"' % rng.randrange(9), "MX 10 mail.ex.", "CNAME www.org.",
                                "NS ns.ex."] +
                               # A second SOA beside that of a default zone makes no sense.
                               ["SOA ns.ex. host.ex. 1 2 3 4 %d" % rng.randrange(1, 9999)] * (".arpa" not in owner))
        ttl = rng.choice(["", "60 ", "7200 "])
        self.lines.append("%slocal-data: '%s %sIN %s'" % (indent, owner, ttl, rdata))

    def view(self, name):
        self.views.append(name)
        mark = len(self.lines)
        self.zones("  ", 3)
        body = self.lines[mark:]
        del self.lines[mark:]
        body.insert(0, "  name: %s" % name)
        if self.rng.random() < 0.5:
            body.append("  view-first: yes")
        if self.rng.random() < 0.3:
            body += self.responses("  ")
        self.view_text = getattr(self, "view_text", "") + "view:\n" + "\n".join(body) + "\n"

    def client(self, source):
        rng = self.rng
        block = source + "/32"
        self.lines.append("access-control: %s allow" % block)
        if self.views and rng.random() < 0.4:
            self.lines.append("access-control-view: %s %s" % (block, rng.choice(self.views)))
        if rng.random() < 0.5:
            tags = rng.sample(self.tags, rng.randrange(1, 3))
            self.lines.append('access-control-tag: %s "%s"' % (block, " ".join(tags)))
            for tag in tags:
                if rng.random() < 0.5:
                    self.lines.append("access-control-tag-action: %s %s %s" % (block, tag, rng.choice(TYPES)))
                if rng.random() < 0.3:
                    self.lines.append('access-control-tag-data: %s %s "A 198.51.100.%d"'
                                      % (block, tag, rng.randrange(256)))

    def text(self, port, extra):
        head = ["server:", 'username: ""', 'chroot: ""', "do-daemonize: no", "interface: 127.0.0.1", "port: %d" % port,
                "do-not-query-localhost: no", 'module-config: "respip iterator"', "minimal-responses: yes",
                "rrset-roundrobin: no", "verbosity: 0", "ede: no"] + extra
        return ("\n  ".join(head + self.lines) + "\n" + getattr(self, "view_text", "") +
                "".join(clause for clause, _, _ in self.policies) + 'forward-zone:\n  name: "."\n  forward-addr: 127.0.0.1@%d\n' % UPSTREAM)


def ask(port, source, name, qtype, flags, patience=0.25):
    query = dns.message.make_query(name, qtype)
    query.flags = flags
    if flags & dns.flags.CD:
        query.use_edns(0, dns.flags.DO, 1232)
    try:
        return dns.query.udp(query, "127.0.0.1", timeout=patience, port=port, source=source)
    except dns.exception.Timeout:
        return None


class Shape:
    """What a reply says, or "no answer". What is cached has aged, and not in both by the same: so TTLs are apart."""

    def __init__(self, reply):
        self.text, self.ttls = "no answer", []
        if reply is None:
            return
        records = [sorted((rrset.name.to_text().lower(), dns.rdatatype.to_text(rrset.rdtype), str(rdata), rrset.ttl)
                          for rrset in rrsets for rdata in rrset) for rrsets in (reply.answer, reply.authority)]
        self.text = "%s [%s] %s" % (dns.rcode.to_text(reply.rcode()), dns.flags.to_text(reply.flags),
                                    [[" ".join(record[:3]) for record in section] for section in records])
        self.ttls = [record[3] for section in records for record in section]

    def is_that_of(self, other, seconds):
        """seconds: so old is what either has cached, at most."""
        return self.text == other.text and all(abs(one - two) <= seconds for one, two in zip(self.ttls, other.ttls))

    def may_be_late(self):
        """Silence and SERVFAIL are a policy's, or those of a machine with much to do."""
        return self.text.startswith(("no answer", "SERVFAIL"))

    def __str__(self):
        return "%s %s" % (self.text, self.ttls)


def start(program, text, arguments, work, name):
    path = os.path.join(work, name + ".conf")
    with open(path, "w", encoding="ascii") as conf:
        conf.write(text.replace("@WORK@", work))
    return subprocess.Popen([program] + arguments + [path], stdout=subprocess.DEVNULL,
                            stderr=open(os.path.join(work, name + ".log"), "w", encoding="utf-8"))


def is_up(port, process):
    for _ in range(200):
        if process.poll() is not None:
            return False
        if ask(port, SOURCES[0], "up.invalid.", "TXT", dns.flags.RD) is not None:
            return True
        time.sleep(0.05)
    return False


def main(program, seed, configurations, questions, seconds=0):
    ends = time.monotonic() + seconds if seconds else float("inf")
    threading.Thread(target=upstream, daemon=True).start()
    alike = different = 0
    for number in range(configurations):
        if time.monotonic() > ends:
            break
        rng = random.Random(seed * 1000 + number)
        world = World(rng)
        with tempfile.TemporaryDirectory() as work:
            for _, name, text in world.policies:
                with open(os.path.join(work, name), "w", encoding="ascii") as zone:
                    zone.write(text)
            ours = start(program, world.text(OURS, ["xdp: no", 'control-socket: ""']), [], work, "ours")
            theirs = start("/usr/sbin/unbound", world.text(THEIRS, ["use-syslog: no"]), ["-d", "-c"], work, "theirs")
            up = is_up(OURS, ours), is_up(THEIRS, theirs)
            began = time.monotonic()
            if up != (True, True):
                if up[0] != up[1]:
                    different += 1
                    print("configuration %d: runbound %s, unbound %s" % (number, *("starts" if one else "does not start"
                                                                                  for one in up)))
                    print(open(os.path.join(work, ("ours" if up[1] else "theirs") + ".log"), encoding="utf-8").read())
                    print(world.text(OURS, []))
            for _ in range(questions if up == (True, True) else 0):
                name, qtype, source = world.name(), rng.choice(QTYPES), rng.choice(SOURCES)
                flags = rng.choice([dns.flags.RD, dns.flags.RD, dns.flags.RD, 0, dns.flags.RD | dns.flags.CD])
                want = Shape(ask(THEIRS, source, name, qtype, flags))
                if qtype == "ANY" and " AA" not in want.text:
                    continue  # whatever a cache has of the name
                for turn in ("first", "second"):
                    got = Shape(ask(OURS, source, name, qtype, flags))
                    for again in range(4):
                        same = got.is_that_of(want, time.monotonic() - began + 1)
                        if same or not (got.may_be_late() or want.may_be_late()):
                            break
                        # A SERVFAIL is cached for five seconds.
                        time.sleep(6 * bool(again))
                        want = Shape(ask(THEIRS, source, name, qtype, flags, 3))
                        got = Shape(ask(OURS, source, name, qtype, flags, 3))
                    if same:
                        alike += 1
                        continue
                    different += 1
                    print("configuration %d, %s time: %s %s from %s, flags %s\n  unbound:  %s\n  runbound: %s"
                          % (number, turn, name, qtype, source, dns.flags.to_text(flags), want, got))
                    if os.environ.get("SHOW"):
                        print(world.text(OURS, []), *(text for _, _, text in world.policies))
            for process in (ours, theirs):
                process.kill()
                process.wait()
    print("%d alike, %d different" % (alike, different))
    return 1 if different or not alike else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *(int(word) for word in sys.argv[2:6])))
