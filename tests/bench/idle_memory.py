"""Prints how much memory (VmRSS, kB) the daemon takes that has a tree of 1,000 nodes and nothing to do.

Usage: OMADM_BIN_DIR=build/release/bin PYTHONPATH=tests/system python3 tests/bench/idle_memory.py
"""
from memory_test import Daemon


class Idle(Daemon):
    def runTest(self):
        pass


if __name__ == "__main__":
    lab = Idle()
    lab.setUp()
    try:
        lab.start()
        print(lab.settled())
    finally:
        lab.doCleanups()
        lab.tearDown()
