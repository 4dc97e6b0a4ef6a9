#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Local policy against Unbound's: the same file for both, and the same questions.

    policy-differential.py RUNBOUND RESOLVER SEED CONFIGURATIONS QUESTIONS [SECONDS]

As root, in the client's network namespace of the lab; both servers run in the namespace RESOLVER. The first
configuration has every type of zone, the others are random ones of zones, data, tags, views, rules of clients and of
the addresses that they ask, response policy zones and response-ip. After so many seconds no more are tried. Every
question is asked three times: the second answer may come from the table, the third, while runbound is stopped, from the
kernel or not at all. The last line is "N alike, N of them from the kernel, N different"."""
import os
import random
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import dns.exception
import dns.flags
import dns.message
import dns.rdataclass
import dns.rdatatype
import dns.rrset

import policy_world

OURS, THEIRS = 5301, 5302
PATIENCE_S = 30  # with what has to come


def upstream():
    """Answers every name with an address of its own, so that what was resolved can be told from what is local."""
    host, port = policy_world.UPSTREAM.split("@")
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((host, int(port)))
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
        except dns.exception.DNSException:
            pass


def query_of(question, number):
    query = dns.message.make_query(question.name, question.qtype, question.qclass)
    query.id = number
    flags = question.flags.split()
    query.flags = sum(dns.flags.from_text(flag) for flag in flags if flag != "DO")
    if "DO" in flags:
        query.use_edns(0, dns.flags.DO, 1232)
    return query.to_wire()


class Clients:
    """A socket of each client, connected to nobody. New ones for each configuration: late replies are of the former."""

    def __init__(self):
        self.sockets = {}
        for source in policy_world.SOURCES:
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.bind((source, 0))
            self.sockets[source] = sock

    def close(self):
        for sock in self.sockets.values():
            sock.close()

    def ask(self, port, questions, silence_s):
        """The shapes of the replies, by the question's number: until all are there, or nothing comes for so long."""
        got = {}
        for first in range(0, len(questions), 100):
            numbers = range(first, min(first + 100, len(questions)))
            for number in numbers:
                one = questions[number]
                self.sockets[one.source].sendto(query_of(one, number), (one.server, port))
            waits = set(numbers)
            while waits:
                ready = select.select(list(self.sockets.values()), [], [], silence_s)[0]
                if not ready:
                    break
                for sock in ready:
                    wire, peer = sock.recvfrom(4096)
                    reply = dns.message.from_wire(wire)
                    one = questions[reply.id] if reply.id < len(questions) else None
                    if one and peer == (one.server, port) and sock is self.sockets[one.source] and is_of(reply, one):
                        got[reply.id] = Shape(reply)
                        waits.discard(reply.id)
        return got


def is_of(reply, question):
    """Whether it is the reply to it, as far as it says so: Unbound may refuse without repeating the question."""
    if not reply.question:
        return True
    asked = reply.question[0]
    return (asked.name.to_text().lower() == question.name and
            asked.rdtype == dns.rdatatype.from_text(question.qtype) and
            asked.rdclass == dns.rdataclass.from_text(question.qclass))


def ttl_of(owner, rdata, ttl):
    """A CNAME that is made for a name has its record's TTL, as in newer Unbound; in Debian's it is 0."""
    return 0 if str(rdata).lower() == owner + "garden.example." else ttl


class Shape:
    """What a reply says. What is cached has aged, and not in both by the same: so TTLs are apart."""

    def __init__(self, reply):
        records = [sorted((rrset.name.to_text().lower(), dns.rdatatype.to_text(rrset.rdtype), str(rdata), rrset.ttl)
                          for rrset in rrsets for rdata in rrset) for rrsets in (reply.answer, reply.authority)]
        self.text = "%s [%s] %s" % (dns.rcode.to_text(reply.rcode()), dns.flags.to_text(reply.flags),
                                    [[" ".join(record[:3]) for record in section] for section in records])
        self.ttls = [ttl_of(record[0], *record[2:]) for section in records for record in section]

    def __str__(self):
        return "%s %s" % (self.text, self.ttls)


def is_same(want, got, seconds):
    """None: silence. seconds: so old is what either has cached, at most."""
    if want is None or got is None:
        return want is got
    return want.text == got.text and all(abs(one - two) <= seconds for one, two in zip(want.ttls, got.ttls))


def may_be_late(shape):
    """Silence and SERVFAIL are a policy's, or those of a machine with much to do."""
    return shape is None or shape.text.startswith("SERVFAIL")


def stop(pid):
    """Waits until it is, or has ended."""
    ends = time.monotonic() + PATIENCE_S
    try:
        os.kill(pid, signal.SIGSTOP)
        while time.monotonic() < ends:
            with open("/proc/%d/status" % pid, encoding="ascii", errors="replace") as status:
                if re.search("^State:\t[TZX]", status.read(), re.MULTILINE):
                    return
            time.sleep(0.01)
    except (ProcessLookupError, FileNotFoundError):
        return
    raise RuntimeError("process %d does not stop" % pid)


class Server:
    """One of the two, of one configuration."""

    def __init__(self, arguments, resolver, text, work, name):
        path = os.path.join(work, name + ".conf")
        with open(path, "w", encoding="ascii") as conf:
            conf.write(text.replace("@WORK@", work))
        self.log = os.path.join(work, name + ".log")
        with open(self.log, "w", encoding="utf-8") as log:
            # pylint: disable-next=consider-using-with
            self.process = subprocess.Popen(["nsenter", "--net=" + resolver, "--", *arguments, path], stdout=log, stderr=log)

    def is_up(self, clients, port):
        probe = [policy_world.Question("up.invalid.", "TXT", "IN", "RD", source, server)
                 for source in policy_world.SOURCES for server in policy_world.SERVERS]
        ends = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends and self.process.poll() is None:
            if clients.ask(port, probe, 0.05):
                return True
        return False

    def said(self):
        with open(self.log, encoding="utf-8") as log:
            return log.read()

    def stop(self):
        """The keeper, which would take a server that is stopped for one that hangs, and then all that it has started."""
        stop(self.process.pid)
        with open("/proc/%d/task/%d/children" % (self.process.pid, self.process.pid), encoding="ascii") as children:
            for child in children.read().split():
                stop(int(child))

    def end(self):
        self.process.kill()
        self.process.wait()


def has_xdp(resolver):
    """Whether the kernel's program is there; waits for it."""
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends:
        shown = subprocess.run(["nsenter", "--net=" + resolver, "--", "ip", "link", "show", "eth0"], check=True,
                               capture_output=True).stdout
        if b"prog/xdp" in shown:
            return True
        time.sleep(0.05)
    return False


class Comparison:
    """What has been compared."""

    def __init__(self, arguments):
        self.program, self.resolver = arguments[:2]
        self.seed, self.configurations, self.questions = (int(word) for word in arguments[2:5])
        self.seconds = int(arguments[5]) if len(arguments) > 5 else float("inf")
        self.clients = None
        self.began = 0  # when the configuration was in force
        self.alike = self.from_kernel = self.different = 0

    def one(self, number, question, want, got, turn):
        # Of all that a name has a cache knows this or that, what is local all of it.
        if question.qtype == "ANY" and "[QR AA" not in str(want):
            return
        if is_same(want, got, time.monotonic() - self.began + 1):
            self.alike += 1
            return
        self.different += 1
        print("configuration %d, %s: %s\n  unbound:  %s\n  runbound: %s" % (number, turn, " ".join(question), want, got))

    def patiently(self, port, question):
        for _ in range(3):
            got = self.clients.ask(port, [question], 3)
            if got:
                return got[0]
        return None

    def again(self, question, want, got):
        """Both once more, and twice, where one of them may have been late."""
        for tries in range(4):
            if is_same(want, got, time.monotonic() - self.began + 1) or not (may_be_late(want) or may_be_late(got)):
                break
            # A SERVFAIL is cached for five seconds.
            time.sleep(6 * bool(tries))
            want = self.patiently(THEIRS, question)
            got = self.patiently(OURS, question)
        return want, got

    def rounds(self, number, questions, ours):
        self.began = time.monotonic()
        want = self.clients.ask(THEIRS, questions, 0.3)
        for turn in ("first", "second"):
            got = self.clients.ask(OURS, questions, 0.3)
            for i, question in enumerate(questions):
                want[i], got[i] = self.again(question, want.get(i), got.get(i))
                self.one(number, question, want[i], got[i], turn)
        if not has_xdp(self.resolver):
            raise RuntimeError("no XDP program: " + ours.said())
        ours.stop()
        for i, reply in self.clients.ask(OURS, questions, 0.3).items():
            self.one(number, questions[i], want[i], reply, "from the kernel")
            self.from_kernel += 1

    def configuration(self, number, world):
        shown = os.environ.get("SHOW")
        before = self.different
        self.clients = Clients()
        with tempfile.TemporaryDirectory() as work:
            os.chmod(work, 0o755)
            for _, name, text in world.policies:
                with open(os.path.join(work, name), "w", encoding="ascii") as zone:
                    zone.write(text)
            extra = ['control-socket: ""', 'pin-dir: "%s"' % os.environ["PINS"]]
            text = policy_world.text(world, OURS, extra)
            ours = Server([self.program], self.resolver, text, work, "ours")
            theirs = Server(["/usr/sbin/unbound", "-d", "-c"], self.resolver,
                            policy_world.text(world, THEIRS, ["use-syslog: no"]), work, "theirs")
            try:
                up = [ours.is_up(self.clients, OURS), theirs.is_up(self.clients, THEIRS)]
                if all(up):
                    self.rounds(number, list(world.questions(self.questions)), ours)
                elif any(up):
                    self.different += 1
                    print("configuration %d: runbound, Unbound start: %s\n%s%s" % (number, up, ours.said(), theirs.said()))
            finally:
                ours.end()
                theirs.end()
                self.clients.close()
                # Else the kernel would go on by the rules of this one.
                shutil.rmtree(os.environ["PINS"], ignore_errors=True)
            if shown and self.different > before:
                print(text, *(text for _, _, text in world.policies))

    def all(self):
        ends = time.monotonic() + self.seconds
        self.configuration(0, policy_world.Grid())
        for number in range(1, self.configurations + 1):
            if time.monotonic() > ends:
                break
            self.configuration(number, policy_world.World(random.Random(self.seed * 1000 + number)))


def main(arguments):
    threading.Thread(target=upstream, daemon=True).start()
    compared = Comparison(arguments)
    compared.all()
    print("%d alike, %d of them from the kernel, %d different"
          % (compared.alike, compared.from_kernel, compared.different))
    return 1 if compared.different or not compared.from_kernel else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
