"""Prints how much memory (VmRSS, kB) the daemon takes that has a tree of 1,000 nodes and nothing to do.

Usage: OMADM_BIN_DIR=build/release/bin PYTHONPATH=tests/system python3 tests/bench/idle_memory.py
"""
import os
import re
import subprocess
import time

from harness import PATIENCE, Lab, _leaf, _node, program

NODES = 1000
SETTLED = 3  # seconds after which a daemon without anything to do has become quiet


class Idle(Lab):
    def runTest(self):
        pass

    def measure(self):
        self.configure()
        self.install_account("https://127.0.0.1:1/dm")
        groups = [_node(f"Group{g}", *[_leaf(f"Value{v}", f"the value {v} of group {g}") for v in range(32)])
                  for g in range(NODES // 33)]
        path = os.path.join(self.directory, "vendor.xml")
        with open(path, "w", encoding="utf-8") as out:
            out.write('<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD>' + _node("Vendor", *groups) + "</MgmtTree>")
        imported = self.tree_cli("import", path)
        self.assertEqual(imported.code, 0, repr(imported))
        daemon = subprocess.Popen([program("dm-client"), "--state", self.state, "--config", self.config, "run"],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + PATIENCE
            while self.client("status").code != 0:
                self.assertIsNone(daemon.poll(), "the daemon has ended")
                self.assertLess(time.monotonic(), deadline, "the daemon does not answer")
                time.sleep(0.1)
            time.sleep(SETTLED)
            self.assertIsNone(daemon.poll(), "the daemon has ended")
            with open(f"/proc/{daemon.pid}/status", encoding="ascii") as status:
                return int(re.search(r"VmRSS:\s+(\d+) kB", status.read()).group(1))
        finally:
            daemon.terminate()
            daemon.wait()


if __name__ == "__main__":
    lab = Idle()
    lab.setUp()
    try:
        print(lab.measure())
    finally:
        lab.tearDown()
