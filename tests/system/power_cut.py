"""Power cuts, by SIGKILL of everything that runs on the device, in the middle of firmware updates: with each installer
the update comes to its end and is reported, or is reported failed, and the image is the old one or the new one.
OMADM_FIRMWARE_MOMENTS says how many random moments are tried with each installer; the figures are printed."""
import os
import random
import re
import shutil
import subprocess
import time
import unittest

from firmware_lab import kill_session
from harness import SANITIZED, SERVER_ID, program, traceable

MOMENTS = int(os.environ.get("OMADM_FIRMWARE_MOMENTS", "2" if SANITIZED else "6"))
THOROUGH = MOMENTS >= 100
SEED = int(os.environ.get("OMADM_FIRMWARE_SEED", "42"))
SLOWLY = "max_rate = 4000000\n"  # the package takes a quarter of a second
CALLS = ("fdatasync", "fsync", "rename")  # what makes a change last; each state change has one


class PowerCut(unittest.TestCase):
    """Mixed into a device."""

    # A session that was cut costs the two their agreement on a nonce: what was refused for that comes once more, and
    # would be counted here.
    proof = "none"
    steps = 1  # of so many state changes a short run tries one

    def setUp(self):
        super().setUp()
        self.states = {}  # State at the cut: how often
        self.asking = None

    def power_cut(self, server, daemon):
        """All is off: what a look at the medium says."""
        for process in (daemon, self.asking):
            if process is not None:
                kill_session(process)
        self.asking = None
        socket = os.path.join(self.state, "control.sock")
        if os.path.exists(socket):  # on a device it lives in a file system of the running system
            os.remove(socket)
        self.power_off()
        self.assertIn(self.boots(), (self.old, self.new), "half an image")
        state = self.value("./FUMO/1/State")
        self.states[state] = self.states.get(state, 0) + 1
        reports = len(self.reports(server))
        # Acknowledged, and that is stored: it must not be told again. Else once in each life (FUMO-071).
        self.may_report = 0 if state == "10" and reports else 1
        self.reported = reports

    def ask_for_update(self):
        """Begins the session in which the server asks, which may be cut as well."""
        self.asking = subprocess.Popen([program("dm-client"), "--state", self.state, "--config", self.config, "session", "--server",
                                        SERVER_ID], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)

    def accepted(self, server):
        """Whether the server knows that the update was accepted."""
        for path in server.messages("in"):
            with open(path, encoding="utf-8", errors="replace") as text:
                if re.search(r"<Cmd>Exec</Cmd>.*?<Data>202</Data>", text.read(), re.S):
                    return True
        return False

    def expect_the_end(self, server, daemon, what):
        """Of an update that is not interrupted any more."""
        def settled():
            return self.value("./FUMO/1/State") == "10" and (self.reports(server) or not self.accepted(server))
        self.started(daemon)
        self.wait_for(settled, f"the end, {what}", daemon)
        if self.reports(server):
            self.session()  # whatever is still owed would come now
        results = self.reports(server)
        kill_session(daemon)
        if self.asking is not None:
            self.asking.wait()
            self.asking = None
        self.assertLessEqual(len(results) - self.reported, self.may_report, f"{what}: reported again: {results}\n{self.log()[-3000:]}")
        self.assertEqual(len(set(results)), 1 if results else 0, f"{what}: {results}")
        self.assertEqual(self.boots(), self.new if results and results[0] == "200" else self.old, f"{what}: {results}")
        self.assertEqual(self.value("./FUMO/1/State"), "10", what)
        self.assertEqual(os.listdir(os.path.join(self.state, "downloads")) if results else [], [], f"{what}: room not given back")
        server.stop()
        shutil.rmtree(server.directory)
        return results

    def uninterrupted(self):
        """How long an update takes; the server's last word included."""
        server = self.begin(SLOWLY + self.fumo())
        daemon = self.daemon()
        self.started(daemon)
        self.ask_for_update()
        self.wait_for(lambda: self.accepted(server), "the session", daemon)
        begun = time.monotonic()
        self.wait_for(lambda: self.reports(server) and self.value("./FUMO/1/State") == "10", "the end", daemon)
        took = time.monotonic() - begun
        self.may_report, self.reported = 1, 0
        self.assertEqual(self.expect_the_end(server, daemon, "uninterrupted"), ["200"])
        return took

    def say(self, what, cuts, updates, results):
        print(f"\n  {type(self).__name__}, {what}: {cuts} power cuts in {updates} updates; State then: "
              f"{dict(sorted(self.states.items(), key=lambda entry: int(entry[0])))}; reported: {results}", flush=True)

    def at_random_moments(self):
        rng = random.Random(SEED)
        took = self.uninterrupted()
        cuts, results = 0, {}
        for moment in range(MOMENTS):
            server = self.begin(SLOWLY + self.fumo())
            daemon = self.daemon()
            self.started(daemon)
            self.ask_for_update()
            if moment % 5:  # else the session in which the server asks may be cut as well
                self.wait_for(lambda s=server: self.accepted(s), "the session", daemon)
            self.reported, self.may_report = 0, 1
            for _ in range(rng.choice((1, 1, 2, 3))):
                time.sleep(rng.uniform(0, took))
                before = self.reported
                self.power_cut(server, daemon)
                self.assertLessEqual(self.reported - before, 1, f"two reports in one life, moment {moment}")
                cuts += 1
                self.power_on()
                daemon = self.daemon()
            for result in self.expect_the_end(server, daemon, f"moment {moment}") or ["nothing, for it was not accepted"]:
                results[result] = results.get(result, 0) + 1
        self.say("random moments", cuts, MOMENTS, results)

    def cut_before(self, call, turn):
        """One update, with a cut before a call that makes something last. None: it came to its end without."""
        server = self.begin(self.fumo())
        what = f"before {call} number {turn}"
        leaks = ["-E", "ASAN_OPTIONS=detect_leaks=0"] if SANITIZED else []
        daemon = self.daemon("strace", "-f", "-qq", "-s", "0", "-o", self.path("strace.log"), *leaks, "-e", f"trace={call}",
                             "-e", f"inject={call}:signal=KILL:when={turn}")
        self.reported, self.may_report = 0, 1
        socket = os.path.join(self.state, "control.sock")
        self.wait_for(lambda: daemon.poll() is not None or os.path.exists(socket), "the daemon's start")
        if daemon.poll() is None:
            self.ask_for_update()
        self.wait_for(lambda: daemon.poll() is not None or (self.reports(server) and self.value("./FUMO/1/State") == "10"),
                      "the cut or the end, " + what)
        survived = daemon.poll() is None
        self.power_cut(server, daemon)
        self.power_on()
        results = self.expect_the_end(server, self.daemon(), what)
        return None if survived else results

    def at_every_state_change(self):
        """Before each call that makes something last, in turn: the next one is after the one before."""
        if not traceable():
            self.skipTest("strace is missing or may not trace here")
        cuts, results = 0, {}
        for call in CALLS:
            step = 1 if THOROUGH else self.steps if call == "fdatasync" else 5  # each State is in one fdatasync
            for turn in range(1, 1000, step):
                ended = self.cut_before(call, turn)
                if ended is None:
                    break
                cuts += 1
                for result in ended or ["nothing, for it was not accepted"]:
                    results[result] = results.get(result, 0) + 1
        self.assertGreater(cuts, 5)
        self.say("state changes", cuts, cuts, results)
