"""dmtree-cli log, blame, diff and watch: what is told of the past and of the present."""
import json
import os
import re
import signal
import subprocess
import time

from cli_test import OTHER, SECRET, CommandLine
from harness import CLIENT_PASSWORD, PATIENCE, SERVER_ID, main, program


class History(CommandLine):
    """log, blame, diff and watch: who made the tree what it is."""

    FIELDS = {"time", "who", "session", "msg", "cmd", "command", "uri", "status"}
    TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")

    def log(self, *arguments):
        return [json.loads(line) for line in self.done("log", *arguments, "--json").out.splitlines()]

    def last(self):
        return self.log()[-1]["sequence"]

    def compact_with(self, octets):
        self.configure(extra=f"[store]\nhistory = {octets}\n")
        return self.done("--config", self.config, "store", "compact")

    def test_log_tells_who_changed_what(self):
        self.done("acl", "./Vendor/Level", "Get=*&Replace=" + SERVER_ID)
        self.done("set", "./Vendor/Level", "4", "--as", SERVER_ID)
        self.done("mv", "./Vendor/Name", "Label")
        self.done("rm", "./Vendor/Label")
        rows = self.log("./Vendor")
        for row in rows:
            self.assertLessEqual(self.FIELDS, set(row))
            self.assertRegex(row["time"], self.TIME)
            self.assertEqual(row["status"], "200")
        told = [(row["who"], row["command"], row["change"], row["uri"]) for row in rows]
        self.assertEqual(told, [("user", "Add", "added", "./Vendor"), ("user", "Add", "added", "./Vendor/Level"),
                                ("user", "Add", "added", "./Vendor/Name"), ("user", "Replace", "changed", "./Vendor/Level"),
                                ("server:" + SERVER_ID, "Replace", "changed", "./Vendor/Level"),
                                ("user", "Replace", "renamed", "./Vendor/Name"), ("user", "Delete", "removed", "./Vendor/Label")])
        self.assertEqual([rows[3]["properties"], rows[4]["properties"]], [["ACL"], ["Value"]])
        self.assertEqual(rows[5]["renamed"], "./Vendor/Label")
        self.assertIn("bootstrap", {row["command"] for row in self.log() if row["who"] == "device"})
        self.assertFalse([row for row in self.log() if ".omadm" in row["uri"]], "the private area is nobody's business")
        text = self.done("log", "./Vendor").out
        self.assertRegex(text, r"#\d+  \S+Z  server:srv\.example\.com  Replace\n  changed  ./Vendor/Level\n")
        self.assertIn("  renamed  ./Vendor/Name → ./Vendor/Label\n", text)

    def test_log_since_a_moment(self):
        before = self.last()
        self.done("set", "./Vendor/Level", "4")
        self.assertEqual([row["uri"] for row in self.log("--since", f"@{before}")], ["./Vendor/Level"])
        self.assertEqual(self.log("--since", f"@{self.last() + 1}"), [])
        self.assertEqual(len(self.log("--since", "1h")), len(self.log()))
        self.assertEqual(self.log("--since", "2999-01-01"), [])
        time_of_last = self.log()[-1]["time"]
        self.assertIn(self.log()[-1], self.log("--since", time_of_last))

    def test_a_servers_log_shows_what_it_may_get(self):
        self.done("add", "./Vendor/Mine", "1")
        self.done("acl", "./Vendor/Mine", "Get=" + OTHER)
        self.assertIn("./Vendor/Mine", {row["uri"] for row in self.log("--as", OTHER)})
        self.assertNotIn("./Vendor/Mine", {row["uri"] for row in self.log("--as", SERVER_ID)})
        self.assertFalse([row for row in self.log("--as", OTHER) if row["uri"].startswith("./DMAcc/acme")])
        self.assertEqual(self.done("blame", "./Vendor/Mine", "--as", SERVER_ID, "--json", code=6).json()["status"], 425)

    def test_blame_follows_a_node_through_its_names(self):
        first = self.done("blame", "./Vendor/Level", "--json").json()
        self.assertEqual((first["who"], first["command"], first["change"]), ("user", "Add", "added"))
        self.done("mv", "./Vendor", "Maker")
        still = self.done("blame", "./Maker/Level", "--json").json()
        self.assertEqual((still["sequence"], still["uri"]), (first["sequence"], "./Vendor/Level"))
        self.assertEqual(self.done("blame", "./Maker", "--json").json()["change"], "renamed")
        self.done("rm", "./Maker/Level")
        self.assertRegex(self.done("blame", "./Maker/Level", code=5).err, r"removed by user at \S+Z \(Delete\)")

    def test_history_outlives_compaction_within_its_bound(self):
        before = self.log()
        self.compact_with(65536)
        self.assertEqual(self.log(), before)
        self.assertEqual(self.done("store", "check", "--json").json()["problems"], [])
        self.assertIn("of history, from commit 1 on", self.done("store", "dump").out)
        self.compact_with(300)
        kept = self.log()
        self.assertEqual(kept, before[len(before) - len(kept):])
        self.assertLess(len(kept), len(before))
        self.assertIn("Older changes are not kept", self.done("log").out)
        self.assertIn("older changes are not kept", self.done("log", "--json", "--since", "@0").err)
        self.compact_with(0)
        self.assertEqual(self.log(), [])
        unknown = self.done("blame", "./Vendor/Level", "--json").json()
        self.assertEqual((unknown["known"], unknown["before"]), (False, before[-1]["time"]))
        self.assertIn("where the history begins", self.done("blame", "./Vendor/Level").out)
        self.assertIn(f"it begins after commit {before[-1]['sequence']}", self.done("diff", "@1", code=5).err)
        self.done("set", "./Vendor/Level", "5")
        self.assertEqual(len(self.log()), 1)

    def test_a_configured_bound_must_be_a_number(self):
        for value in ['"much"', "-1", "1e3"]:
            self.configure(extra=f"[store]\nhistory = {value}\n")
            self.assertEqual(self.client("status").code, 2, value)
            self.assertIn("history", self.done("--config", self.config, "store", "compact", code=2).err)

    def test_diff_of_moments(self):
        before = self.last()
        self.done("set", "./Vendor/Level", "4")
        self.done("acl", "./Vendor", "Get=*")
        self.done("rm", "./Vendor/Name")
        self.done("add", "./Vendor/New", "x")
        self.done("store", "compact")
        changes = self.done("diff", f"@{before}", "--json").json()["changes"]
        self.assertEqual([(c["change"], c["uri"]) for c in changes],
                         [("changed", "./Vendor"), ("changed", "./Vendor/Level"), ("removed", "./Vendor/Name"), ("added", "./Vendor/New")])
        self.assertEqual(changes[0]["properties"], {"ACL": {"before": "", "after": "Get=*"}})
        self.assertEqual(changes[1]["properties"], {"Value": {"before": "3", "after": "4"}})
        self.assertEqual(changes[2]["properties"]["Value"], {"before": "Lamp"})
        back = self.done("diff", "now", f"@{before}").out
        self.assertIn("~ ./Vendor/Level\n    Value   4 → 3\n", back)
        self.assertIn("+ ./Vendor/Name  chr  = Lamp\n- ./Vendor/New  chr  = x\n", back)
        self.assertEqual(self.done("diff", "now", "now").out, "no differences\n")
        self.assertEqual(self.done("diff", "1h", "now", "--json").json()["changes"][0]["change"], "added", "there was nothing")

    def test_diff_of_exports_and_directories(self):
        for encoding in ["xml", "wbxml", "json"]:
            self.file(encoding, self.raw("export", "./Vendor", "--tnds", encoding))
        former = os.path.join(self.directory, "former")
        subprocess.run(["cp", "-r", self.state, former], check=True)
        self.assertEqual(self.done("diff", former).out, "no differences\n")
        self.done("set", "./Vendor/Level", "4")
        for before in [former, *[os.path.join(self.directory, e) for e in ["xml", "wbxml", "json"]]]:
            changes = self.done("diff", before, "--json").json()["changes"]
            self.assertEqual(changes, [{"uri": "./Vendor/Level", "change": "changed",
                                        "properties": {"Value": {"before": "3", "after": "4"}}}], before)
        self.file("deep.xml", self.raw("export", "./DevDetail/URI"))
        self.assertEqual(self.done("diff", os.path.join(self.directory, "deep.xml"), "--at", "./DevDetail").out, "no differences\n")
        self.done("diff", self.file("junk", "junk"), code=1)

    def test_UI_006_no_secret_in_the_history(self):
        before = self.last()
        self.done("set", SECRET, "another-Secret-77")
        for arguments in [["log"], ["blame", SECRET], ["diff", f"@{before}"], ["diff", "@1"], ["store", "dump"]]:
            for form in [[], ["--json"]]:
                shown = self.done(*arguments, *form).out
                self.assertNotIn("another-Secret-77", shown)
                self.assertNotIn(CLIENT_PASSWORD, shown)
        self.assertIn(f"~ {SECRET}\n    Value   (hidden) → (hidden)\n", self.done("diff", f"@{before}").out)

    def test_UI_005_history_on_a_terminal(self):
        before = self.last()
        self.done("set", "./Vendor/Name", "a long value with many words " * 8)
        for columns in (40, 80):
            for arguments in [["log"], ["diff", f"@{before}"], ["blame", "./Vendor/Name"]]:
                shown = self.terminal(*arguments, columns=columns)
                self.assertIn("\x1b[", shown)
                self.assertNotIn("\x1b[", self.terminal(*arguments, columns=columns, NO_COLOR="1"))
            plain = self.terminal("diff", f"@{before}", columns=columns, NO_COLOR="1").splitlines()
            self.assertTrue(all(len(line) <= columns for line in plain[2:]), plain)

    def test_watch_tells_as_it_happens(self):
        self.start_daemon()
        files = [os.path.join(self.directory, f"watch-{i}") for i in range(3)]
        watchers = []
        for path, arguments in zip(files, [["./Vendor", "--json"], ["./Vendor/Name"], ["--as", OTHER, "--json"]]):
            with open(path, "wb") as out:
                watchers.append(subprocess.Popen([program("dmtree-cli"), "--state", self.state, "watch", *arguments], stdout=out,
                                                 stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        try:
            deadline = time.monotonic() + PATIENCE
            while not all(os.path.getsize(path) for path in files):  # until all are heard
                self.assertLess(time.monotonic(), deadline)
                self.done("set", "./Vendor/Name", "Torch")
            self.done("acl", "./Vendor/Level", "Get=*&Replace=" + SERVER_ID)
            self.done("set", "./Vendor/Level", "4", "--as", SERVER_ID)
            self.done("rm", "./Vendor/Level")
            self.done("rm", "./Vendor")
            self.daemon.send_signal(signal.SIGTERM)
            for watcher in watchers:
                watcher.wait(PATIENCE)
        finally:
            for watcher in watchers:
                watcher.kill()
                watcher.wait()
        told = []
        for path in files:
            with open(path, encoding="utf-8") as text:
                told.append(text.read())
        self.assertEqual([watcher.returncode for watcher in watchers], [1, 1, 1], "the daemon has ended")
        *rows, end = [json.loads(line) for line in told[0].splitlines()]
        self.assertEqual(end, {"error": "the daemon has ended", "exit": 1})
        for row in rows:
            self.assertLessEqual(self.FIELDS, set(row))
            self.assertRegex(row["time"], self.TIME)
        self.assertIn(("server:" + SERVER_ID, "Replace", "./Vendor/Level"), {(r["who"], r["command"], r["uri"]) for r in rows})
        self.assertEqual([(r["change"], r["uri"]) for r in rows[-2:]], [("removed", "./Vendor/Level"), ("removed", "./Vendor")])
        self.assertNotIn("./Vendor/Level", told[1], "another node")
        self.assertIn("  removed  ./Vendor\n", told[1], "it went with what is above it")
        self.assertIn("user  Replace\n  set      ./Vendor/Name\n", told[1])
        shown = {json.loads(line).get("uri") for line in told[2].splitlines()}
        self.assertIn("./Vendor/Name", shown)

    def test_watch_of_no_address(self):
        self.start_daemon()
        self.done("watch", "./a/../b", code=2)


if __name__ == "__main__":
    main()
