"""Power cuts, by SIGKILL of everything that runs on the device, in the middle of firmware updates: with each installer
the update comes to its end and is reported, or is reported failed, and the image is the old one or the new one; the
next update works. OMADM_FIRMWARE_MOMENTS says how many random moments are tried with each installer, and as many again
of updates that fail; the figures are printed."""
import hashlib
import os
import random
import shutil
import subprocess
import time
import unittest

from firmware_lab import Ending, elements, kill_session, runs, said
from harness import SANITIZED, SERVER_ID, program, traceable

MOMENTS = int(os.environ.get("OMADM_FIRMWARE_MOMENTS", "2" if SANITIZED else "6"))
THOROUGH = MOMENTS >= 100
SEED = int(os.environ.get("OMADM_FIRMWARE_SEED", "42"))
SLOWLY = "max_rate = 4000000\n"  # the package takes a quarter of a second
CALLS = ("fdatasync", "fsync", "rename")  # what makes a change last; each state change has one
UNNOTICED = "nothing, for it was not accepted"


class Figures:
    """What became of the updates of one test."""

    def __init__(self):
        self.cuts = self.updates = 0
        self.states, self.tenths, self.results = {}, {}, {}

    @staticmethod
    def count(counts, what):
        counts[what] = counts.get(what, 0) + 1

    def __str__(self):
        def ordered(counts):
            return dict(sorted(counts.items()))
        spread = f"; tenth of the update's time: {ordered(self.tenths)}" if self.tenths else ""
        return (f"{self.cuts} power cuts in {self.updates} updates; State then: {ordered(self.states)}{spread}; "
                f"reported: {ordered(self.results)}")


class PowerCut(unittest.TestCase):
    """Mixed into a device."""

    steps = 1  # of so many state changes a short run tries one

    def setUp(self):
        super().setUp()
        self.figures = Figures()
        self.asking = None

    def good(self):
        return Ending("it succeeds", "200", lambda: (self.fumo(), None))

    def kill_clients(self, *daemons):
        for process in (*daemons, self.asking):
            if process is not None:
                kill_session(process)
        self.asking = None
        socket = os.path.join(self.state, "control.sock")
        if os.path.exists(socket):  # on a device it lives in a file system of the running system
            os.remove(socket)

    def power_cut(self, server, daemon, ending):
        """All is off: what a look at the medium says."""
        self.kill_clients(daemon)
        self.power_off()
        self.assertIn(self.boots(), (self.old, self.new) if ending.result == "200" else (self.old,), "half an image")
        state = self.value("./FUMO/1/State")
        self.figures.cuts += 1
        self.figures.count(self.figures.states, int(state))
        self.wait_for(lambda: self.answered(server), "the server's last answer")
        reports = len(self.reports(server))
        self.assertLessEqual(reports - self.reported, self.may_report, "reported twice in one life")
        # Acknowledged, and that is stored: it must not be told again. Else once in each life (FUMO-071).
        self.may_report = 0 if state == "10" and reports else 1
        self.reported = reports

    def ask_for_update(self):
        """Begins the session in which the server asks, which may be cut as well."""
        self.asking = subprocess.Popen([program("dm-client"), "--state", self.state, "--config", self.config, "session", "--server",
                                        SERVER_ID], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)

    def accepted(self, server):
        """Whether the server knows that the update was accepted."""
        return any(said(status, "Cmd") == "Exec" and said(status, "Data") == "202"
                   for document in self.documents(server, "in") for status in elements(document, "Status"))

    def over(self, server):
        return self.answered(server) and self.reports(server) and self.value("./FUMO/1/State") == "10"

    def offered(self, ending, slowly=""):
        """A device with a daemon, and a server that is about to ask for an update with this ending."""
        fumo, script = ending.prepare()
        self.reported, self.may_report = 0, 1
        return self.begin(slowly + fumo, script)

    def expect_the_end(self, server, daemon, ending, what):
        """Of an update that is not interrupted any more: the results that were reported, mostly one."""
        what = f"{ending.what}, {what}"

        def settled():
            return self.value("./FUMO/1/State") == "10" and (self.over(server) or not self.accepted(server))
        self.started(daemon)
        self.wait_for(settled, f"the end, {what}", daemon)
        if self.reports(server):
            self.assertEqual(self.session().code, 0)  # whatever is still owed would come now
        results = self.reports(server)
        self.kill_clients(daemon)
        self.assertLessEqual(len(results) - self.reported, self.may_report, f"{what}: reported again: {results}\n{self.log()[-3000:]}")
        self.assertIn(set(results), ({ending.result}, set()), f"{what}: {results}\n{self.log()[-3000:]}")
        self.assertEqual(bool(results), bool(results) or self.accepted(server), f"{what}: not reported")
        self.assertEqual(self.boots(), self.new if results and ending.result == "200" else self.old, f"{what}: {results}")
        self.assertEqual(self.value("./FUMO/1/State"), "10", what)
        self.assertEqual(os.listdir(os.path.join(self.state, "downloads")) if results else [], [], f"{what}: room not given back")
        server.stop()
        shutil.rmtree(server.directory)
        self.figures.updates += 1
        self.figures.count(self.figures.results, results[0] if results else UNNOTICED)
        if results and ending.result != "200":
            self.expect_next_update(what)
        return results

    def expect_next_update(self, what):
        """A good one, on the same device."""
        with open(self.package, "rb") as package:
            sha256 = hashlib.sha256(package.read()).hexdigest()
        server = self.wants(self.fumo(), self.script(sessions=40, sha256=sha256))
        self.assertEqual(self.tree_cli("set", "./DMAcc/acme/AppAddr/1/Addr", server.url).code, 0)
        daemon = self.daemon()
        self.started(daemon)
        self.assertEqual(self.session().code, 0)
        self.wait_for(lambda: self.over(server), f"the end of the update after {what}", daemon)
        self.kill_clients(daemon)
        self.assertEqual(self.reports(server), ["200"], what)
        self.assertEqual(self.boots(), self.new, what)
        server.stop()
        shutil.rmtree(server.directory)

    def uninterrupted(self, ending):
        """How long an update takes, from the start of the session in which the server asks to the server's last word."""
        server = self.offered(ending, SLOWLY)
        daemon = self.daemon()
        self.started(daemon)
        begun = time.monotonic()
        self.ask_for_update()
        self.wait_for(lambda: self.over(server), "the end", daemon)
        took = time.monotonic() - begun
        self.assertEqual(self.expect_the_end(server, daemon, ending, "uninterrupted"), [ending.result])
        self.figures = Figures()
        return took

    def at_random_moments(self, ending, moments=MOMENTS):
        rng = random.Random(SEED)
        took = self.uninterrupted(ending)
        for moment in range(moments):
            server = self.offered(ending, SLOWLY)
            daemon = self.daemon()
            self.started(daemon)
            self.ask_for_update()
            for _ in range(rng.choice((1, 1, 2, 3))):
                wait = rng.uniform(0, took)
                self.figures.count(self.figures.tenths, int(10 * wait / took))
                time.sleep(wait)
                self.power_cut(server, daemon, ending)
                self.power_on()
                daemon = self.daemon()
            self.expect_the_end(server, daemon, ending, f"moment {moment}")
        print(f"\n  {type(self).__name__}, {ending.what}, random moments of {took:.2f} s: {self.figures}", flush=True)

    def cut_before(self, ending, call, turn):
        """One update, with a cut before a call that makes something last; whether there was such a call."""
        server = self.offered(ending)
        what = f"before {call} number {turn}"
        leaks = ["-E", "ASAN_OPTIONS=detect_leaks=0"] if SANITIZED else []
        daemon = self.daemon("strace", "-f", "-qq", "-s", "0", "-o", self.path("strace.log"), *leaks, "-e", f"trace={call}",
                             "-e", f"inject={call}:signal=KILL:when={turn}")
        socket = os.path.join(self.state, "control.sock")
        self.wait_for(lambda: daemon.poll() is not None or os.path.exists(socket), "the daemon's start")
        if daemon.poll() is None:
            self.ask_for_update()
        self.wait_for(lambda: not runs(daemon) or self.over(server), "the cut or the end, " + what)
        if runs(daemon):
            self.kill_clients(daemon)
            server.stop()
            return False
        self.power_cut(server, daemon, ending)
        self.power_on()
        self.expect_the_end(server, self.daemon(), ending, what)
        return True

    def at_every_state_change(self, ending, steps):
        """Before each call that makes something last, in turn: the next one is after the one before."""
        if not traceable():
            self.skipTest("strace is missing or may not trace here")
        self.figures = Figures()
        for call in CALLS:
            step = 1 if THOROUGH else steps if call == "fdatasync" else 5  # each State is in one fdatasync
            turn = 1
            while self.cut_before(ending, call, turn):
                turn += step
        self.assertGreater(self.figures.cuts, 3)
        print(f"\n  {type(self).__name__}, {ending.what}, state changes: {self.figures}", flush=True)

    def test_FUMO_070_FUMO_071_FUMO_072_at_random_moments(self):
        self.at_random_moments(self.good())

    def test_FUMO_011_FUMO_070_FUMO_072_at_every_state_change(self):
        self.at_every_state_change(self.good(), self.steps)

    def test_FUMO_071_FUMO_072_a_failing_update_at_random_moments(self):
        endings = self.failures()
        for ending in endings:
            with self.subTest(ending.what):
                self.at_random_moments(ending, -(-MOMENTS // len(endings)))

    def test_FUMO_011_FUMO_071_FUMO_072_a_failing_update_at_every_state_change(self):
        for ending in self.failures():
            with self.subTest(ending.what):
                self.at_every_state_change(ending, 4)
