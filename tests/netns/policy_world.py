# SPDX-License-Identifier: BSD-2-Clause
"""Configurations of local policy for policy-differential.py: one that has every type of zone, and random ones."""
import collections

Question = collections.namedtuple("Question", "name qtype qclass flags source server")
TYPES = ["deny", "refuse", "static", "transparent", "redirect", "typetransparent", "inform", "inform_deny",
         "inform_redirect", "always_transparent", "always_refuse", "always_nxdomain", "always_nodata", "always_deny",
         "always_null", "noview"]
LABELS = ["a", "b", "c", "www", "*"]
SOURCES = ["192.0.2.%d" % n for n in range(72, 80)]
SERVERS = ["192.0.2.53", "192.0.2.55"]
UPSTREAM = "192.0.2.1@5399"
QTYPES = ["A", "AAAA", "TXT", "CNAME", "MX", "NS", "SOA", "ANY", "DS", "PTR"]


class Grid:
    """Every type of zone, with what a zone can hold, and what can be asked of it."""

    def __init__(self):
        self.lines = ["access-control: 192.0.2.0/24 allow"]
        self.views = ""
        self.policies = []
        self.zones = []
        for kind in TYPES:
            zone = kind.replace("_", "-") + ".grid."
            self.zones.append(zone)
            self.lines.append("local-zone: %s %s" % (zone, kind))
            if "redirect" in kind:
                self.lines += ["local-data: '%s %s'" % (zone, data) for data in ("A 192.0.2.8", "TXT text", "MX 10 m.ex.")]
                continue
            for name, data in (("", "TXT apex"), ("", "NS ns.grid."), ("host.", "A 192.0.2.8"), ("host.", "TXT text"),
                               ("low.ent.", "A 192.0.2.9"), ("*.wild.", "A 192.0.2.10"), ("alias.", "CNAME host." + zone)):
                self.lines.append("local-data: '%s%s %s'" % (name, zone, data))

    def questions(self, most):
        """All of them: that most is for random ones."""
        for zone in self.zones:
            for name in ("", "host.", "x.host.", "low.ent.", "ent.", "a.wild.", "*.wild.", "alias.", "no."):
                for qtype in ("A", "AAAA", "TXT", "NS", "SOA", "ANY", "DS", "CNAME"):
                    for flags in ("RD", "RD DO"):
                        yield Question(name + zone, qtype, "IN", flags, SOURCES[0], SERVERS[0])


class World:
    """One random configuration."""

    def __init__(self, rng):
        self.rng = rng
        self.names = [rng.choice(["ex.", "org.", "sub.ex.", "deep.sub.ex.", "10.in-addr.arpa.", "localhost."])
                      for _ in range(3)]
        self.tags = ["t0", "t1", "t2"]
        self.lines = ['define-tag: "t0 t1 t2"']
        self.redirects = {}
        self.chaos = ["id.server.", "version.bind.", "a.chaos.", "x.chaos.", "b.a.chaos."]
        if rng.random() < 0.5:
            self.lines.append("local-data: 'a.chaos. CH TXT \"of class CHAOS\"'")
        self.view_names = []
        self.views = ""
        self.zones("", 4)
        if rng.random() < 0.3:
            self.lines.append("unblock-lan-zones: yes")
        for number in range(rng.randrange(3)):
            self.view("v%d" % number)
        for source in SOURCES:
            if rng.random() < 0.6:
                self.client("access-control", source + "/32")
        for server in SERVERS:
            if rng.random() < 0.7:
                self.client("interface", server)
        self.policies = []
        for number in range(rng.choice([0, 1, 1, 2])):
            self.policies.append(self.policy("rpz%d." % number))
        if rng.random() < 0.5:
            self.lines += self.responses("")

    def questions(self, most):
        """As many as are wanted."""
        rng = self.rng
        for _ in range(most):
            qclass = "CH" if rng.random() < 0.03 else "IN"
            name = rng.choice(self.chaos) if qclass == "CH" else rng.choice(["", "", "", "", "x.", "*."]) + self.name()
            yield Question(name, rng.choice(QTYPES), qclass, rng.choice(["RD", "RD", "RD", "", "RD CD DO", "RD DO"]),
                           rng.choice(SOURCES), rng.choice(SERVERS))

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
        signals = rng.random() < 0.2
        if signals:
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
            # And signals by RA only what a name has triggered.
            if override not in ("drop", "cname") and not signals:
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
        self.view_names.append(name)
        mark = len(self.lines)
        self.zones("  ", 3)
        body = self.lines[mark:]
        del self.lines[mark:]
        body.insert(0, "  name: %s" % name)
        if self.rng.random() < 0.5:
            body.append("  view-first: yes")
        if self.rng.random() < 0.3:
            body += self.responses("  ")
        self.views += "view:\n" + "\n".join(body) + "\n"

    def client(self, kind, whom):
        """What is said of a client (access-control), or of those that ask an address (interface)."""
        rng = self.rng
        action = "access-control" if kind == "access-control" else "interface-action"
        if kind == "access-control" or rng.random() < 0.9:
            self.lines.append("%s: %s %s" % (action, whom, rng.choice(["allow"] * 8 + ["refuse"])))
        if self.view_names and rng.random() < 0.5:
            self.lines.append("%s-view: %s %s" % (kind, whom, rng.choice(self.view_names)))
        if rng.random() < 0.5:
            tags = rng.sample(self.tags, rng.randrange(1, 3))
            self.lines.append('%s-tag: %s "%s"' % (kind, whom, " ".join(tags)))
            for tag in tags:
                if rng.random() < 0.5:
                    self.lines.append("%s-tag-action: %s %s %s" % (kind, whom, tag, rng.choice(TYPES)))
                if rng.random() < 0.3:
                    self.lines.append('%s-tag-data: %s %s "A 198.51.100.%d"' % (kind, whom, tag, rng.randrange(256)))


def text(world, port, extra):
    """The file of a configuration."""
    head = ["server:", 'username: ""', 'chroot: ""', "do-daemonize: no", "port: %d" % port] + extra
    head += ["interface: " + server for server in SERVERS]
    head += ['module-config: "respip iterator"', "minimal-responses: yes", "rrset-roundrobin: no", "verbosity: 0",
             "ede: no", "identity: here"]
    return ("\n  ".join(head + world.lines) + "\n" + world.views + "".join(clause for clause, _, _ in world.policies) +
            'forward-zone:\n  name: "."\n  forward-addr: %s\n' % UPSTREAM)
