"""The device's medium fails, is full or read-only: the programs say so and what to do, and leave nothing half done."""
import os
import re
import resource
import shutil
import signal
import subprocess
import time
import xml.etree.ElementTree as ET

from harness import PATIENCE, SANITIZED, SERVER_ID, Lab, account_script, main, program, traceable

# What strace puts in the place of a call's outcome, and the words the user must find.
FAULTS = {"EIO": ("openat", "read", "pwrite64", "fdatasync", "fsync", "ftruncate", "rename", "getdents64"),
          "ENOSPC": ("openat", "pwrite64", "rename"),
          "EROFS": ("openat", "ftruncate", "rename")}
WORDS = {"EIO": "Input/output error", "ENOSPC": "No space left on device", "EROFS": "Read-only file system"}
CHANGES = 100


def script(packages):
    """A server whose packages hold so many Adds below ./Vendor."""
    text = '[server]\nid = "srv.example.com"\nstrict = false\n' + account_script() + '[[session]]\naccount = "lab"\nends = "any"\n'
    for package, adds in enumerate(packages):
        commands = [f'{{ cmd = "Add", uri = "./Vendor/P{package}N{n}", data = "{"v" * 100}" }}' for n in range(adds)]
        text += "[[session.package]]\ncommand = [\n  " + ",\n  ".join(commands) + "\n]\n"
    return text


def answered_200(server):
    """Targets of the Adds whose 200 the server got."""
    targets = set()
    for path in server.messages("in"):
        with open(path, "rb") as document:
            root = ET.fromstring(document.read())
        for status in (e for e in root.iter() if e.tag.endswith("}Status")):
            fields = {child.tag.rsplit("}", 1)[-1]: child.text for child in status}
            if fields.get("Cmd") == "Add" and fields.get("Data") == "200":
                targets.add(fields["TargetRef"])
    return targets


class StoreFault(Lab):
    def setUp(self):
        super().setUp()
        self.configure()
        self.install_account("https://127.0.0.1:1/dm")
        for arguments in [["./Vendor"], ["./Vendor/Level", "3"]]:
            done = self.tree_cli("add", *arguments)
            self.assertEqual(done.code, 0, repr(done))
        self.log = os.path.join(self.directory, "strace")

    def store_files(self):
        names = ["", "tree.journal", "tree.snapshot", "tree.snapshot.new", "tree.snapshot.prev"]
        return [option for name in names for option in ("-P", os.path.join(self.state, name).rstrip("/"))]

    def traced(self, options, *command):
        """Runs a program under strace, which looks at calls on the files of the store alone."""
        if not traceable():
            self.skipTest("strace is missing or may not trace here")
        leaks = ["-E", "ASAN_OPTIONS=detect_leaks=0"] if SANITIZED else []  # the leak checker traces too
        return ["strace", "-f", "-qq", "-s", "0", "-o", self.log, *leaks, *self.store_files(), *options, *command]

    def calls(self):
        with open(self.log, encoding="utf-8", errors="replace") as text:
            return [match[1] for match in (re.match(r"\d+ +(\w+)\(", line) for line in text) if match]

    def injected(self):
        with open(self.log, encoding="utf-8", errors="replace") as text:
            return "(INJECTED)" in text.read()

    def keep_state(self):
        kept = os.path.join(self.directory, "kept")
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self.state, kept)
        return kept

    def restore(self, kept):
        shutil.rmtree(self.state)
        shutil.copytree(kept, self.state)

    def expect_clean(self, trees, what):
        check = self.tree_cli("store", "check", "--json")
        self.assertEqual(check.code, 0, f"{what}: {check}")
        self.assertIn(self.tree(), trees, f"{what}: neither before nor after")

    def fail_every_call(self, arguments):
        """Every call of a command on the store's files fails in turn, each in every way it can."""
        kept, before = self.keep_state(), self.tree()
        done = self.tree_cli(*arguments)
        self.assertEqual(done.code, 0, repr(done))
        after = self.tree()
        tried = 0
        for error, calls in FAULTS.items():
            for call in calls:
                for turn in range(1, 100):
                    self.restore(kept)
                    options = ["-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={turn}"]
                    command = [program("dmtree-cli"), "--state", self.state, *arguments]
                    ended = self.run_program(*self.traced(options, *command))
                    if not self.injected():
                        break
                    what = f"{' '.join(arguments)}, {call} number {turn} meets {error}"
                    tried += 1
                    if ended.code == 0:  # the directory of evidence could not be listed, say
                        self.expect_clean([after], what)
                        continue
                    self.assertEqual(ended.code, 1, f"{what}: {ended}")
                    self.assertEqual(ended.out, "", what)
                    self.assertRegex(ended.err, rf"^dmtree-cli: {' '.join(arguments[:1])}[^:]*: .*{WORDS[error]}", what)
                    self.expect_clean([before, after], what)
                    again = self.tree_cli(*arguments)  # and once the medium is well again
                    self.assertEqual(again.code, 0, f"{what}, tried again: {again}")
                    self.expect_clean([after], what)
        return tried

    def test_UI_002_every_call_of_a_change_fails_in_turn(self):
        self.assertGreater(self.fail_every_call(["set", "./Vendor/Level", "4"]), 12)

    def test_UI_002_every_call_of_a_compaction_fails_in_turn(self):
        self.assertEqual(self.tree_cli("store", "compact").code, 0)
        self.assertEqual(self.tree_cli("set", "./Vendor/Level", "4").code, 0)
        self.assertGreater(self.fail_every_call(["store", "compact"]), 20)

    def test_UI_002_the_words_say_what_to_do(self):
        kept = self.keep_state()
        for error, advice in (("ENOSPC", "make room"), ("EIO", "system's log"), ("EROFS", "writable")):
            call = "ftruncate" if error == "EROFS" else "pwrite64"
            self.restore(kept)
            options = ["-e", f"trace={call}", "-e", f"inject={call}:error={error}"]
            command = [program("dmtree-cli"), "--state", self.state, "set", "./Vendor/Level", "4"]
            ended = self.run_program(*self.traced(options, *command))
            self.assertEqual(ended.code, 1, repr(ended))
            self.assertIn(WORDS[error], ended.err)
            self.assertIn("tree.journal", ended.err)
            self.assertIn(advice, ended.err)

    def test_a_file_may_grow_no_further(self):
        journal = os.path.join(self.state, "tree.journal")
        before = self.tree()
        limit = os.path.getsize(journal) + 20

        def confine():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        done = subprocess.run([program("dmtree-cli"), "--state", self.state, "set", "./Vendor/Level", "x" * 5000],
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, preexec_fn=confine, check=False)
        self.assertEqual(done.returncode, 1, repr(done))
        self.assertIn(b"File too large", done.stderr)
        self.expect_clean([before], "confined")
        self.assertLess(os.path.getsize(journal), limit, "what had been written was taken back")

    def test_a_full_disk(self):
        disk = os.path.join(self.directory, "disk")
        os.makedirs(disk)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "none", disk], capture_output=True, check=False)
        if mounted.returncode != 0:
            self.skipTest("no file system may be mounted here: " + mounted.stderr.decode().strip())
        try:
            shutil.copytree(self.state, os.path.join(disk, "state"))
            self.state = os.path.join(disk, "state")
            for n in range(40):
                before = self.tree()
                added = self.tree_cli("add", f"./Vendor/N{n}", "v" * 8000)
                if added.code != 0:
                    break
            self.assertEqual(added.code, 1, repr(added))
            self.assertIn("No space left on device; make room", added.err)
            self.expect_clean([before], "full")
            self.assertGreater(n, 4, "a compaction that found no room did not count")
            subprocess.run(["mount", "-o", "remount,size=1m", disk], check=True)
            self.assertEqual(self.tree_cli("add", f"./Vendor/N{n}", "v" * 8000).code, 0, "as soon as there is room")
            self.assertEqual(self.tree_cli("store", "compact").code, 0)
        finally:
            subprocess.run(["umount", "-l", disk], check=True)

    def test_a_session_whose_journal_fails_keeps_its_word(self):
        kept = self.keep_state()
        for call, error in (("pwrite64", "ENOSPC"), ("fdatasync", "EIO")):
            failed = 0
            for turn in range(1, 60):
                self.restore(kept)
                server = self.serve(script([3, 3]), once=False, name=f"server-{call}{turn}")
                self.configure(server)
                self.install_account(server.url)
                options = ["-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={turn}"]
                ended = self.run_program(*self.traced(options, program("dm-client"), "--state", self.state, "--config", self.config,
                                                      "session", "--server", SERVER_ID))
                server.stop()
                injected = self.injected()
                what = f"{call} number {turn} meets {error}"
                if injected:
                    failed += 1
                    whole = len(answered_200(server)) == 6  # only the note of the session's result was lost
                    self.assertEqual(ended.code, 0 if whole else 1, f"{what}: {ended}")
                    self.assertIn(WORDS[error], ended.err, what)
                else:
                    self.assertEqual(ended.code, 0, f"{what}: {ended}")
                check = self.tree_cli("store", "check", "--json")
                self.assertEqual(check.code, 0, f"{what}: {check}")
                names = {"./Vendor/" + name for name in self.tree_cli("ls", "./Vendor", "--json").json()}
                self.assertEqual(answered_200(server) - names, set(), f"{what}: answered 200 and lost")
                if not injected:
                    break
            self.assertGreater(failed, 2)

    def test_a_daemon_stops_when_its_store_fails_and_the_next_one_loads(self):
        before = self.tree()
        options = ["-e", "trace=pwrite64", "-e", "inject=pwrite64:error=EIO:when=2+"]
        command = self.traced(options, program("dm-client"), "--state", self.state, "--config", self.config, "run")
        with open(os.path.join(self.directory, "daemon"), "wb") as log:
            daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        try:
            deadline = time.monotonic() + PATIENCE
            while "serves" not in self.tree_cli("--verbose", "ls").err:
                self.assertIsNone(daemon.poll(), "the daemon has ended")
                self.assertLess(time.monotonic(), deadline, "the daemon does not listen")
                time.sleep(0.05)
            first = self.tree_cli("set", "./Vendor/Level", "4")
            second = self.tree_cli("set", "./Vendor/Level", "5") if first.code == 0 else first
            self.assertEqual(second.code, 1, repr(second))
            self.assertIn("Input/output error", second.err)
            self.assertEqual(daemon.wait(PATIENCE), 1, "so that it is started anew")
        finally:
            if daemon.poll() is None:
                os.killpg(daemon.pid, signal.SIGKILL)  # strace and what it traces
                daemon.wait()
        with open(os.path.join(self.directory, "daemon"), encoding="utf-8") as log:
            self.assertIn("Input/output error", log.read())
        self.assertEqual(self.tree_cli("store", "check").code, 0)
        self.assertIn(self.value("./Vendor/Level"), ("3", "4"))
        self.assertEqual(len(self.tree()), len(before))

    def test_one_sync_for_a_package_however_many_changes(self):
        counts = []
        for changes in (1, CHANGES):
            server = self.serve(script([changes]), once=False, name=f"server{changes}")
            self.configure(server)
            self.install_account(server.url)
            self.tree_cli("rm", "./Vendor")
            self.tree_cli("add", "./Vendor")
            options = ["-e", "trace=pwrite64,fsync,fdatasync"]
            ended = self.run_program(*self.traced(options, program("dm-client"), "--state", self.state, "--config", self.config,
                                                  "session", "--server", SERVER_ID))
            self.assertEqual(ended.code, 0, repr(ended))
            self.assertEqual(len(answered_200(server)), changes)
            server.stop()
            counts.append(self.calls())
        few, many = counts
        # What the client notes about the session may or may not fall into the same write.
        self.assertLessEqual(len(many), len(few) + 2, f"a hundred changes take the calls of one: {few} {many}")
        with open(self.log, encoding="utf-8") as text:
            lines = text.read().splitlines()
        large = [at for at, line in enumerate(lines) if "pwrite64(" in line and int(line.rsplit("= ", 1)[1]) > CHANGES * 100]
        room = large[1:]  # for as much again, behind what was written
        self.assertIn(room, ([], [large[0] + 1]), "all of the package in one write")
        self.assertIn("fdatasync(", lines[large[-1] + 1], "and one sync for it")
        self.assertNotIn("sync(", "".join(lines[large[-1] + 2:large[-1] + 3]))


if __name__ == "__main__":
    main()
