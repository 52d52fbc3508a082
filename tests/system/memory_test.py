"""The daemon with a tree of 1,000 nodes and nothing to do stays within 10 MB resident, every page of its libraries
included, before its first session and after one."""
import os
import re
import subprocess
import time

from harness import PATIENCE, SANITIZED, Lab, _leaf, _node, account_script, main, program

NODES = 1000
MOST_KB = 10 * 1024
SETTLED = 5  # seconds after which a daemon without anything to do has given back what it needed before


class Daemon(Lab):
    def start(self, server=None):
        """A daemon whose tree has NODES nodes; without a server it cannot have a session."""
        self.configure(server)
        self.install_account(server.url if server else "https://127.0.0.1:1/dm")
        groups = [_node(f"Group{g}", *[_leaf(f"Value{v}", f"the value {v} of group {g}") for v in range(32)])
                  for g in range(NODES // 33)]
        path = os.path.join(self.directory, "vendor.xml")
        with open(path, "w", encoding="utf-8") as out:
            out.write('<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD>' + _node("Vendor", *groups) + "</MgmtTree>")
        imported = self.tree_cli("import", path)
        self.assertEqual(imported.code, 0, repr(imported))
        self.daemon = subprocess.Popen([program("dm-client"), "--state", self.state, "--config", self.config, "run"],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(self.end)
        deadline = time.monotonic() + PATIENCE
        while not os.path.exists(os.path.join(self.state, "control.sock")):
            self.assertIsNone(self.daemon.poll(), "the daemon has ended")
            self.assertLess(time.monotonic(), deadline, "the daemon does not listen")
            time.sleep(0.1)

    def end(self):
        self.daemon.terminate()
        self.daemon.wait()

    def resident(self):
        """VmRSS in kB."""
        self.assertIsNone(self.daemon.poll(), "the daemon has ended")
        with open(f"/proc/{self.daemon.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmRSS:\s+(\d+) kB", status.read()).group(1))

    def settled(self):
        """The same once it has been quiet, which takes a loaded machine longer."""
        if SANITIZED:
            return self.resident()  # which is the sanitizer's, not ours
        time.sleep(SETTLED)
        deadline = time.monotonic() + PATIENCE / 2
        while self.resident() > MOST_KB and time.monotonic() < deadline:
            time.sleep(1)
        return self.resident()


class Memory(Daemon):
    def test_idle_before_and_after_a_session(self):
        server = self.serve('[server]\nid = "srv.example.com"\n' + account_script() + '[[session]]\naccount = "lab"\n'
                            '[[session.package]]\ncommand = [{ cmd = "Get", uri = "./Vendor?list=TNDS" }]\n')
        self.start(server)
        before = self.settled()
        done = self.session("--json")  # handed to the daemon
        self.assertEqual(done.code, 0, repr(done) + server.output())
        busy = self.resident()
        after = self.settled()
        if not SANITIZED:
            self.assertLessEqual(before, MOST_KB)
            self.assertLessEqual(after, MOST_KB)
            self.assertLess(after, busy)


if __name__ == "__main__":
    main()
