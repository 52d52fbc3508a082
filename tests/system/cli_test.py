"""dmtree-cli as people and scripts use it: what is printed, what the exit status says, with a daemon and without."""
import base64
import fcntl
import hashlib
import json
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import time

from harness import CLIENT_PASSWORD, PATIENCE, SERVER_ID, SERVER_PASSWORD, Lab, main, program, shown_on

OTHER = "other.example.net"
SECRET = "./DMAcc/acme/AppAuth/1/AAuthSecret"
BINARY = bytes(range(256))
COMMANDS = ["ls", "tree", "get", "props", "acl", "find", "validate", "set", "add", "rm", "mv", "cp", "exec", "export", "import",
            "ddf show", "ddf check", "store dump", "store check", "store compact", "log", "blame", "diff", "watch"]

VENDOR_DDF = """<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD><Node><NodeName>Vendor</NodeName><DFProperties>
<AccessType><Add/><Get/><Delete/></AccessType><DFFormat><node/></DFFormat><Occurrence><ZeroOrOne/></Occurrence>
<Scope><Dynamic/></Scope><DFType><DDFName/></DFType></DFProperties><Node><NodeName>Level</NodeName><DFProperties>
<AccessType><Add/><Get/><Replace/></AccessType><DFFormat><int/></DFFormat><Occurrence><ZeroOrOne/></Occurrence>
<Scope><Dynamic/></Scope><DFType><MIME>text/plain</MIME></DFType></DFProperties></Node></Node></MgmtTree>"""


class CommandLine(Lab):
    def setUp(self):
        super().setUp()
        self.configure()
        self.install_account("https://127.0.0.1:1/dm")
        self.done("add", "./Vendor")
        self.done("add", "./Vendor/Level", "3", "--format", "int")
        self.done("add", "./Vendor/Name", "Lamp")
        self.daemon = None

    def tearDown(self):
        if self.daemon is not None and self.daemon.poll() is None:
            self.daemon.kill()
        if self.daemon is not None:
            self.daemon.wait()
        super().tearDown()

    def done(self, *arguments, code=0):
        ended = self.tree_cli(*arguments)
        self.assertEqual(ended.code, code, f"{arguments}: {ended}")
        return ended

    def file(self, name, octets):
        path = os.path.join(self.directory, name)
        with open(path, "wb") as out:
            out.write(octets if isinstance(octets, bytes) else octets.encode())
        return path

    def raw(self, *arguments):
        return subprocess.run([program("dmtree-cli"), "--state", self.state, *arguments], stdout=subprocess.PIPE, check=True,
                              timeout=PATIENCE).stdout

    def start_daemon(self):
        self.daemon = subprocess.Popen([program("dm-client"), "--state", self.state, "--config", self.config, "run"],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE
        while "serves" not in self.tree_cli("--verbose", "ls").err:
            self.assertIsNone(self.daemon.poll(), "the daemon has ended")
            self.assertLess(time.monotonic(), deadline, "the daemon does not listen")
            time.sleep(0.02)

    def terminal(self, *arguments, columns=60, **environment):
        """What a terminal of that width gets."""
        parent, child = pty.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        environment = {"TERM": "xterm", **environment}
        kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TERM")}
        process = subprocess.Popen([program("dmtree-cli"), "--state", self.state, *arguments], stdin=subprocess.DEVNULL,
                                   stdout=child, env={**kept, **environment})
        os.close(child)
        shown = shown_on(parent)
        self.assertEqual(process.wait(PATIENCE), 0, shown)
        return shown.decode().replace("\r\n", "\n")

    def store_digest(self):
        files = sorted(name for name in os.listdir(self.state) if name.startswith("tree."))
        digest = hashlib.sha256()
        for name in files:
            with open(os.path.join(self.state, name), "rb") as content:
                digest.update(name.encode() + b"\0" + content.read())
        return digest.hexdigest()


class Conventions(CommandLine):
    def test_UI_001_help_and_version_need_nothing(self):
        nowhere = ["--state", "/nonexistent", "--config", "/nonexistent"]
        for command in ["", *COMMANDS]:
            ended = self.run_program(program("dmtree-cli"), *nowhere, *command.split(), "--help")
            self.assertEqual((ended.code, ended.err), (0, ""), command)
            self.assertIn("Usage: dmtree-cli" + (" " + command if command else ""), ended.out)
            self.assertLessEqual(max(len(line) for line in ended.out.splitlines()), 80, ended.out)
        ended = self.run_program(program("dmtree-cli"), *nowhere, "--version")
        self.assertEqual(ended.code, 0)
        self.assertRegex(ended.out, r"^dmtree-cli \d+\.\d+\.\d+\n$")

    def test_UI_004_exit_statuses(self):
        bad_ddf = self.file("bad.ddf", "<MgmtTree/>")
        for code, arguments in [
                (1, ["add", "./Vendor/Level", "4"]), (1, ["set", "./Vendor/Level", "many"]), (1, ["mv", "./Vendor/Name", "Level"]),
                (1, ["ddf", "check", bad_ddf]), (1, ["get", "./Vendor", "--raw"]),
                (2, []), (2, ["frobnicate"]), (2, ["store"]), (2, ["get"]), (2, ["get", "./a/../b"]), (2, ["ls", "--frobnicate"]),
                (2, ["get", ".", "--prop", "Colour"]), (2, ["set", "./Vendor/Name"]), (2, ["acl", ".", "Get"]),
                (2, ["acl", "--explain", "."]), (2, ["--as", "", "ls"]), (2, ["--as", "a&b", "ls"]), (2, ["find"]),
                (2, ["tree", "--depth", "-1"]), (2, ["mv", "./Vendor/Name", "a/b"]), (2, ["--config", "/nonexistent", "ls"]),
                (1, ["watch"]), (2, ["log", "--since", "2026-02-30"]), (2, ["log", "--since", "soon"]), (2, ["blame"]), (2, ["diff"]),
                (2, ["diff", "/nonexistent"]), (2, ["diff", "-", "-"]), (2, ["diff", "now", "--as", SERVER_ID]),
                (2, ["store", "dump", "--as", SERVER_ID]), (5, ["blame", "./Nope"]), (5, ["blame", "./.omadm"]),
                (5, ["diff", "@4711"]), (6, ["blame", SECRET, "--as", SERVER_ID]),
                (2, ["get", "./Vendor/Name", "--raw", "--base64"]), (2, ["add", "./Vendor/X", "1", "--format", "colour"]),
                (5, ["get", "./Nope"]), (5, ["set", "./Nope", "1"]), (5, ["rm", "./Nope"]), (5, ["export", "./Nope"]),
                (5, ["acl", "./Nope"]), (5, ["ddf", "show", "./DevInfo/Nope"]), (5, ["import", "/nonexistent"]),
                (6, ["set", "./DevInfo/Man", "me"]), (6, ["rm", "."]), (6, ["rm", "./DevInfo"]), (6, ["get", SECRET, "--raw"]),
                (6, ["get", SECRET, "--base64"]), (6, ["set", "./Vendor/Level", "4", "--as", SERVER_ID])]:
            before = self.store_digest()
            ended = self.done(*arguments, code=code)
            self.assertRegex(ended.err, r"^dmtree-cli: .+\n", arguments)
            self.assertEqual(ended.out, "", arguments)
            self.assertEqual(self.store_digest(), before, f"{arguments}: what fails changes nothing")

    def test_UI_002_output_that_cannot_be_written(self):
        with open("/dev/full", "wb") as full:
            for arguments in [["tree"], ["get", "./Vendor/Name"], ["store", "dump"], ["ls", "--json"]]:
                ended = subprocess.run([program("dmtree-cli"), "--state", self.state, *arguments], stdout=full, timeout=PATIENCE,
                                       stderr=subprocess.PIPE, check=False)
                self.assertEqual(ended.returncode, 1, arguments)
                self.assertIn(b"cannot be written", ended.stderr)
            ended = subprocess.run([program("dmtree-cli"), "--state", self.state, "get", "./Nope", "--json"], stdout=full, stderr=full,
                                   timeout=PATIENCE, check=False)
            self.assertEqual(ended.returncode, 5, "there is nobody to tell, and no reason to crash")

    def test_UI_003_refusals_and_results_as_json(self):
        refused = self.done("--json", "get", "./Nope", code=5).json()
        self.assertEqual((refused["exit"], refused["status"]), (5, 404))
        self.assertIn("./Nope", refused["error"])
        self.assertEqual(self.done("frobnicate", "--json", code=2).json()["exit"], 2)
        leaf = self.done("get", "./Vendor/Level", "--json").json()
        self.assertEqual(leaf, {"uri": "./Vendor/Level", "format": "int", "type": "text/plain", "value": "3"})
        node = self.done("get", "./Vendor", "--json").json()
        self.assertEqual(node, {"uri": "./Vendor", "format": "node", "type": "", "children": ["Level", "Name"]})
        self.assertEqual(self.done("ls", "./Vendor", "--json").json(), ["Level", "Name"])
        tree = self.done("tree", "./Vendor", "--json").json()
        self.assertEqual([child["name"] for child in tree["children"]], ["Level", "Name"])
        self.assertEqual(set(tree["children"][0]), {"name", "uri", "format", "type", "scope", "acl", "value"})
        properties = self.done("props", "./Vendor/Level", "--json").json()
        self.assertEqual(set(properties), {"uri", "acl", "format", "name", "size", "title", "tstamp", "type", "verno"})
        self.assertNotIn("size", self.done("props", "./Vendor", "--json").json())
        self.assertEqual(self.done("acl", "./Vendor", "--json").json(),
                         {"uri": "./Vendor", "acl": "", "effective": "Add=*&Get=*", "decided_by": "."})
        rows = self.done("acl", "./Vendor", "--explain", "--as", SERVER_ID, "--json").json()
        self.assertEqual({key for row in rows for key in row}, {"command", "allowed", "decided_by", "why"})
        for line in self.done("store", "dump", "--json").out.splitlines():
            self.assertIn("edits", json.loads(line))

    def test_UI_006_no_secret_anywhere(self):
        hidden = self.done("get", SECRET)
        self.assertEqual(hidden.out, "(hidden)\n")
        self.assertEqual(self.done("get", SECRET, "--json").json(),
                         {"uri": SECRET, "format": "chr", "type": "text/plain", "hidden": True})
        secrets = [CLIENT_PASSWORD, SERVER_PASSWORD, "server-nonce-0"]
        secrets += [base64.b64encode(secret.encode()).decode() for secret in secrets]
        for arguments in [["tree", "--values", "--acl"], ["tree", "--json"], ["export", "."], ["export", ".", "--tnds", "wbxml"],
                          ["export", ".", "--json"], ["store", "dump"], ["store", "dump", "--json"], ["find", "AAuth*", "--json"],
                          ["props", SECRET], ["get", "./DMAcc/acme/AppAuth/2/AAuthData"], ["validate"]]:
            out = self.raw(*arguments).decode("utf-8", "replace")
            for secret in secrets:
                self.assertNotIn(secret, out, arguments)
        self.assertEqual(self.done("find", "--value", CLIENT_PASSWORD).out, "", "a secret is not found by guessing")

    def test_UI_007_binary_values(self):
        self.done("add", "./Vendor/Blob", "--file", self.file("blob", BINARY), "--format", "bin")
        self.assertEqual(self.raw("get", "./Vendor/Blob", "--raw"), BINARY)
        self.assertEqual(base64.b64decode(self.raw("get", "./Vendor/Blob", "--base64")), BINARY)
        self.assertEqual(base64.b64decode(self.done("get", "./Vendor/Blob", "--json").json()["value_base64"]), BINARY)
        dump = self.done("get", "./Vendor/Blob").out.splitlines()
        self.assertEqual(len(dump), 16)
        self.assertTrue(dump[4].startswith("00000040  40 41 42 43 44 45 46 47  48"), dump[4])
        self.assertTrue(dump[4].endswith("|@ABCDEFGHIJKLMNO|"), dump[4])
        self.assertEqual(self.done("get", "./Vendor/Name").out, "Lamp\n")
        self.assertEqual(self.raw("get", "./Vendor/Name", "--raw"), b"Lamp")

    def test_UI_009_options_anywhere_and_values_with_a_dash(self):
        cli = program("dmtree-cli")
        before = self.run_program(cli, "--json", "--quiet", "--state", self.state, "get", "./Vendor/Level")
        after = self.run_program(cli, "get", "./Vendor/Level", "--state", self.state, "--quiet", "--json")
        nested = self.run_program(cli, "ddf", "show", "./DevInfo", "--state", self.state, "--json")
        self.assertEqual((before.out, nested.code), (after.out, 0))
        self.done("set", "./Vendor/Level", "--", "-5")
        self.assertEqual(self.value("./Vendor/Level"), "-5")
        self.done("set", "./Vendor/Name", "")
        self.assertEqual(self.value("./Vendor/Name"), "")

    def test_UI_005_terminal(self):
        self.done("add", "./Vendor/Long", "x" * 500)
        self.done("add", "./Vendor/Hostile", "red \x1b[31m bell \a \u009b31m \u202eturned")
        shown = self.terminal("tree", "./Vendor", "--values")
        self.assertIn("\x1b[1;34mVendor", shown)
        plain = self.terminal("tree", "./Vendor", "--values", NO_COLOR="1")
        self.assertNotIn("\x1b", plain)
        self.assertEqual(re.sub(r"\x1b\[[0-9;]*m", "", shown), plain)
        self.assertLessEqual(max(len(line) for line in plain.splitlines()), 60)
        self.assertIn(r"red \x1b[31m bell \x07 \u{9b}31m", plain)
        for dangerous in "\a\u009b\u202e":
            self.assertNotIn(dangerous, plain)
        self.assertTrue(self.terminal("get", "./Vendor/Hostile").startswith("00000000  72 65 64"), "shown as a hexdump")
        explained = self.terminal("acl", "./DMAcc/acme/AppAddr", "--explain", "--as", OTHER, NO_COLOR="1")
        self.assertLessEqual(max(len(line) for line in explained.splitlines()), 60, explained)
        self.assertIn("".join(("does not grant Get to " + OTHER).split()), "".join(explained.split()), "nothing is lost")
        self.assertNotIn("\x1b", self.raw("tree", "./Vendor", "--values").decode())
        as_json = self.raw("get", "./Vendor/Hostile", "--json").decode()
        self.assertNotRegex(as_json, "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]")
        self.assertIn("\u009b31m", json.loads(as_json)["value"])


class Rights(CommandLine):
    def test_TND_011_072_explain_says_what_then_happens(self):
        self.done("acl", "./Vendor", f"Get=*&Replace={SERVER_ID}&Add={SERVER_ID}")
        self.done("acl", "./Vendor/Name", f"Delete={OTHER}")
        for server in (SERVER_ID, OTHER):
            for uri in ("./Vendor/Level", "./Vendor/Name", "./DevInfo/Man", "./DMAcc/acme/Name"):
                rows = self.done("acl", uri, "--explain", "--as", server, "--json").json()
                says = {row["command"]: row["allowed"] for row in rows}
                value = self.value(uri)
                for command, arguments in {"Get": ["get", uri], "Replace": ["set", uri, value],
                                           "Copy": ["cp", "./DevInfo/Mod" if uri != "./Vendor/Level" else uri, uri],
                                           "Delete": ["rm", uri]}.items():
                    copy = self.state + f"-{command}"
                    subprocess.run(["cp", "-r", self.state, copy], check=True)
                    ended = self.run_program(program("dmtree-cli"), "--state", copy, *arguments, "--as", server, "--json")
                    subprocess.run(["rm", "-r", copy], check=True)
                    self.assertEqual(ended.code, 0 if says[command] else 6, f"{server} {command} {uri}: {ended}")
                    if not says[command]:
                        self.assertIn(ended.json()["status"], (405, 425))

    def test_TND_062_067_own_and_effective_acl(self):
        self.done("acl", "./Vendor", f"Get={SERVER_ID}")
        own = self.done("acl", "./Vendor/Level", "--json").json()
        self.assertEqual((own["acl"], own["effective"], own["decided_by"]), ("", f"Get={SERVER_ID}", "./Vendor"))
        self.done("get", "./Vendor/Level", "--as", SERVER_ID)
        refused = self.done("get", "./Vendor/Level", "--as", OTHER, "--json", code=6)
        self.assertEqual(refused.json()["status"], 425)
        self.assertIn("425", refused.err)
        self.done("acl", "./Vendor", f"Replace={SERVER_ID}")
        self.assertEqual(self.done("acl", "./Vendor", "--json").json()["acl"], f"Replace={SERVER_ID}")
        self.done("acl", "./Vendor", "")
        self.assertEqual(self.done("acl", "./Vendor/Level", "--json").json()["decided_by"], ".")
        self.assertNotEqual(self.tree_cli("acl", ".", "").code, 0, "TND-061: the root keeps one")

    def test_TND_066_who_adds_below_what_he_may_not_replace(self):
        self.done("add", "./Vendor/Sub", "--as", SERVER_ID)
        self.assertEqual(self.done("acl", "./Vendor/Sub", "--json").json()["acl"],
                         f"Add={SERVER_ID}&Delete={SERVER_ID}&Replace={SERVER_ID}")
        self.done("add", "./Vendor/Own")
        self.assertEqual(self.done("acl", "./Vendor/Own", "--json").json()["acl"], "")

    def test_what_a_server_cannot_see_is_not_shown_to_it(self):
        self.done("acl", "./Vendor", f"Get={OTHER}")
        self.assertNotIn("Lamp", self.done("tree", "--values", "--as", SERVER_ID).out)
        self.assertEqual(self.done("find", "Level", "--as", SERVER_ID).out, "")
        self.assertEqual(self.done("find", "--value", "Lamp", "--as", SERVER_ID).out, "")
        self.assertNotIn("Lamp", self.done("export", ".", "--as", SERVER_ID).out)


class Editing(CommandLine):
    def test_TND_051_052_096_102_edits(self):
        self.done("mv", "./Vendor/Name", "Title")
        self.assertEqual(self.value("./Vendor/Title"), "Lamp")
        self.assertEqual(self.done("mv", "./Vendor/Title", "Level", "--json", code=1).json()["status"], 418)
        self.done("cp", "./Vendor/Title", "./Vendor/Copy")
        self.assertEqual(self.value("./Vendor/Copy"), "Lamp")
        self.assertEqual(self.done("set", "./Vendor/Nope", "1", "--json", code=5).json()["status"], 404)
        self.done("add", "./Vendor/a/b/c", "deep")
        self.done("rm", "./Vendor/a")
        self.done("get", "./Vendor/a/b/c", code=5)
        self.done("set", "./Vendor?prop=Title", "Made here")
        self.assertEqual(self.done("get", "./Vendor", "--prop", "title").out, "Made here\n")

    def test_TND_073_an_account_removed_here_leaves_the_acls(self):
        self.install_account("https://127.0.0.1:2/dm", server_id=OTHER, name="other")
        self.done("acl", "./Vendor", f"Get=*&Replace={OTHER}+{SERVER_ID}&Delete={OTHER}")
        self.done("rm", "./DMAcc/other")
        self.assertEqual(self.done("acl", "./Vendor", "--json").json()["acl"], f"Get=*&Replace={SERVER_ID}")

    def test_export_and_import_are_inverse(self):
        self.done("add", "./Vendor/Blob", "--file", self.file("blob", BINARY), "--format", "bin")
        self.done("add", "./Vendor/äöü", "größer & < kleiner")
        self.done("set", "./Vendor?prop=Title", "Made here")
        self.done("acl", "./Vendor/Level", "Get=*")
        def content(node):
            return {**{key: node.get(key) for key in ("name", "format", "type", "acl", "title", "value", "value_base64")},
                    "children": [content(child) for child in node.get("children", [])]}
        wanted = content(self.tree("./Vendor"))
        for encoding in ("xml", "wbxml", "json"):
            document = self.file("vendor." + encoding, self.raw("export", "./Vendor", "--tnds", encoding))
            self.done("rm", "./Vendor")
            self.done("get", "./Vendor", code=5)
            self.assertEqual(len(self.done("import", document, "--json").json()["added"]), 5)
            self.assertEqual(content(self.tree("./Vendor")), wanted, encoding)
            before = self.store_digest()
            self.assertEqual(self.done("import", document, "--json").json()["unchanged"], 5)
            self.assertEqual(len(self.done("import", document, "--at", "./Else", "--dry-run", "--json").json()["added"]), 5)
            self.assertEqual(self.store_digest(), before, "a dry run stores nothing")

    def test_import_is_all_or_nothing(self):
        good = {"name": "Good", "format": "chr", "value": "1"}
        before = self.store_digest()
        for bad in [{"name": "Bad", "format": "int", "value": "x"}, {"name": "a/b", "format": "chr", "value": "1"},
                    {"name": "Bad", "format": "colour"}, {"name": "Bad", "format": "bin", "value_base64": "%"}, 7]:
            document = self.file("bad.json", json.dumps({"name": "New", "format": "node", "children": [good, bad]}))
            self.done("import", document, code=1)
        overwrite = {"name": ".", "children": [good, {"name": "DevInfo", "children": [{"name": "Man", "value": "Mallory"}]}]}
        self.done("import", self.file("bad.json", json.dumps(overwrite)), code=6)
        self.assertEqual(self.store_digest(), before)

    def test_UI_012_validate_and_descriptions(self):
        ddf = self.file("vendor.ddf", VENDOR_DDF)
        config = self.file("mo.toml", f'[[mo]]\nddf = "{ddf}"\n')
        self.done("ddf", "check", ddf)
        self.done("set", "./Vendor/Level", "three", "--format", "chr")
        self.assertEqual(self.done("validate", "--json").json()["ok"], True)
        problems = self.done("validate", "--config", config, "--json", code=1).json()
        self.assertFalse(problems["ok"])
        text = "\n".join(problems["problems"])
        self.assertIn("./Vendor/Level: Format chr is not described", text)
        self.assertIn("./Vendor/Name", text)
        self.done("add", "./Vendor/New", "x", "--config", config, code=6)
        shown = self.done("ddf", "show", "./Vendor/Level", "--config", config, "--json").json()
        self.assertEqual((shown["format"], shown["occurrence"], shown["access"]), (["int"], "ZeroOrOne", ["Add", "Get", "Replace"]))


class Store(CommandLine):
    def test_UI_010_reading_writes_nothing_and_needs_no_lock(self):
        before = self.store_digest()
        with open(os.path.join(self.state, "lock"), "r+", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n")
            lock.flush()
            for arguments in [["ls"], ["tree"], ["get", "./Vendor/Level"], ["props", "."], ["acl"], ["validate"], ["export", "."],
                              ["find", "*"], ["ddf", "show", "."], ["store", "dump"], ["store", "check"]]:
                self.done(*arguments)
            for arguments in [["set", "./Vendor/Level", "4"], ["store", "compact"]]:
                ended = self.done(*arguments, "--json", code=7)
                self.assertIn(f"process {os.getpid()}", ended.json()["error"], "who holds it")
        self.assertEqual(self.store_digest(), before)
        self.done("set", "./Vendor/Level", "4")

    def test_UI_004_damage_and_torn_tail(self):
        journal = os.path.join(self.state, "tree.journal")
        with open(journal, "ab") as out:
            out.write(b"\x40\0\0")  # the beginning of a record power was lost in
        self.assertTrue(self.done("store", "check", "--json").json()["ok"])
        self.assertEqual(self.value("./Vendor/Name"), "Lamp")
        with open(journal, "r+b") as out:
            out.seek(os.path.getsize(journal) * 3 // 4)
            octet = out.read(1)
            out.seek(-1, os.SEEK_CUR)
            out.write(bytes([octet[0] ^ 0x5A]))
        report = self.done("store", "check", "--json", code=7).json()
        self.assertFalse(report["ok"])
        self.assertIn("tree.journal", report["problems"][0])
        self.assertIn("tree.journal", self.done("ls").err, "who reads is warned")
        self.assertEqual(report["evidence"], [])
        self.done("add", "./Vendor/After", "1")
        report = self.done("store", "check", "--json").json()
        self.assertEqual((report["ok"], report["evidence"]), (True, ["tree.journal.bad-1"]), "repaired, and still told")
        self.assertIn("tree.journal.bad-1", self.done("store", "check").err)

    def test_UI_004_no_good_snapshot(self):
        for _ in range(2):
            self.done("store", "compact")
            self.done("set", "./Vendor/Level", "4")
        self.file("state/tree.snapshot", b"not a snapshot")
        self.assertIn("tree.snapshot", self.done("ls").err, "the former one is used, and said so")
        self.file("state/tree.snapshot.prev", b"")
        for arguments in [["ls"], ["set", "./Vendor/Level", "5"], ["store", "dump"], ["store", "compact"]]:
            self.assertIn("corrupt", self.done(*arguments, code=7).err)
        self.assertFalse(self.done("store", "check", "--json", code=7).json()["ok"])

    def test_compact_keeps_the_tree(self):
        before = self.tree()
        records = self.done("store", "check", "--json").json()["records"]
        self.assertGreater(records, 1)
        self.assertEqual(self.done("store", "compact", "--json").json()["records"], records)
        report = self.done("store", "check", "--json").json()
        self.assertEqual((report["ok"], report["records"], report["problems"]), (True, 1, []))
        self.assertEqual(self.tree(), before)

    def test_UI_014_no_state_says_what_to_do(self):
        ended = self.run_program(program("dmtree-cli"), "--state", os.path.join(self.directory, "none"), "ls")
        self.assertEqual(ended.code, 1)
        self.assertIn("dm-client bootstrap", ended.err)


class Daemon(CommandLine):
    QUESTIONS = [["ls"], ["tree", "--values", "--acl"], ["get", "./Vendor/Level"], ["get", "./Nope"], ["props", "./Vendor"],
                 ["acl", "./Vendor"], ["acl", "./Vendor", "--explain", "--as", SERVER_ID], ["find", "L*"], ["validate"],
                 ["get", SECRET], ["export", "./Vendor"], ["ddf", "show", "./DevInfo"], ["rm", "./Vendor", "--as", OTHER]]

    def test_the_daemon_answers_as_the_command_itself(self):
        alone = [repr(self.tree_cli(*question, "--json")) for question in self.QUESTIONS]
        self.start_daemon()
        self.assertEqual([repr(self.tree_cli(*question, "--json")) for question in self.QUESTIONS], alone)

    def test_edits_by_the_daemon_and_its_lock(self):
        self.start_daemon()
        self.done("set", "./Vendor/Level", "4")
        self.assertEqual(self.value("./Vendor/Level"), "4")
        self.assertIn("./Vendor/Level int = 4", self.done("store", "dump").out, "durable when the command ends")
        self.assertIn(f"process {self.daemon.pid}", self.done("store", "compact", code=7).err)
        self.assertTrue(self.done("store", "check", "--json").json()["ok"])
        self.done("exec", "./Vendor/Level", code=1)
        self.daemon.send_signal(signal.SIGKILL)
        self.daemon.wait()
        self.done("set", "./Vendor/Level", "5")  # what it left of its socket and its lock is in nobody's way
        self.assertEqual(self.value("./Vendor/Level"), "5")

    def test_many_at_once(self):
        self.done("add", "./Vendor/Many")
        self.start_daemon()
        cli = [program("dmtree-cli"), "--state", self.state]
        writers = [subprocess.Popen([*cli, "add", f"./Vendor/Many/n{i}", str(i)], stdin=subprocess.DEVNULL) for i in range(12)]
        readers = [subprocess.Popen([*cli, "tree", "--values"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) for _ in range(12)]
        self.assertEqual({process.wait(PATIENCE) for process in writers + readers}, {0})
        self.assertEqual(len(self.done("ls", "./Vendor/Many", "--json").json()), 12)


if __name__ == "__main__":
    main()
