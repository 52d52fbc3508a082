"""Bad answers of a server, bad command lines, and a daemon that hangs: a clear line, the right exit code, no crash."""
import json
import os
import shutil
import signal
import subprocess
import time

from harness import PATIENCE, ROOT, SERVER_ID, Ended, Lab, account_script, main, program

SESSION = """
[[session]]
account = "lab"
ends = "any"
[[session.package]]
fault = [%s]
command = [ { cmd = "Add", uri = "./Touched", data = "yes" } ]
"""

# fault of the script, exit status: 4 where no DM message could be had, 1 where the server broke the protocol
CASES = {
    "truncated_body": ('{ kind = "truncated_body", times = 100, octets = 40 }', (1, 4)),
    "garbage": ('{ kind = "garbage", times = 100 }', (1,)),
    "ten_megabytes": ('{ kind = "oversize", times = 100, octets = 10485760 }', (1, 4)),
    "deeply_nested": ('{ kind = "deep_nesting", times = 100, depth = 100000 }', (1, 4)),
    "moderately_nested": ('{ kind = "deep_nesting", times = 100, depth = 500 }', (1,)),
    "wrong_content_type": ('{ kind = "wrong_content_type", times = 100, content_type = "text/html" }', (4,)),
    "http_500": ('{ kind = "http_status", times = 100, status = 500 }', (4,)),
    "http_404": ('{ kind = "http_status", times = 100, status = 404 }', (4,)),
    "redirect_loop": ('{ kind = "redirect_loop", times = 100 }', (4,)),
    "half_closed": ('{ kind = "half_close", times = 100 }', (4,)),
    "dropped": ('{ kind = "drop_connection", times = 100 }', (4,)),
    "other_session": ('{ kind = "wrong_session_id", times = 100 }', (1,)),
}


class BadInput(Lab):
    def run_one(self, fault, codes, encoding):
        script = '[server]\nid = "srv.example.com"\nstrict = false\n' + account_script() + SESSION % fault
        server = self.serve(script, once=False)
        self.configure(server, encoding)
        self.install_account(server.url)
        before = self.tree()
        done = self.session()
        self.assertIn(done.code, codes, repr(done) + server.output())
        lines = [line for line in done.err.splitlines() if line.startswith("dm-client: ")]
        self.assertTrue(lines, repr(done))
        self.assertEqual(self.tree(), before)
        self.assertEqual(self.tree_cli("store", "check").code, 0)

    def test_no_server_at_all(self):
        self.configure(encoding="xml")
        self.install_account("https://127.0.0.1:1/dm")
        done = self.session()
        self.assertEqual(done.code, 4, repr(done))
        self.assertIn("127.0.0.1", done.err)

    def test_certificate_not_trusted(self):
        server = self.serve('[server]\nid = "srv.example.com"\nstrict = false\n' + account_script() + SESSION % "", once=False)
        self.configure(None, "xml")
        self.install_account(server.url)
        done = self.session()
        self.assertEqual(done.code, 4, repr(done))
        self.assertIn("certificate", done.err.lower())
        self.assertEqual(server.messages("in"), [])

    def test_client_without_account_names_bootstrap(self):
        self.configure()
        done = self.client("session", "--server", SERVER_ID)
        self.assertNotEqual(done.code, 0)
        self.assertIn("bootstrap", done.err)

    def test_D13_T10_username_without_passphrase_is_a_configuration_error(self):
        self.configure(extra='[bootstrap]\nusername = "user"\n')
        done = self.client("bootstrap", "https", "https://127.0.0.1:1/")
        self.assertEqual(done.code, 2, repr(done))
        self.assertIn("passphrase", done.err)


class CommandLines(Lab):
    """What people type, and where the answer goes: the same in every program."""

    COMMANDS = {"dm-client": ["", "run", "session", "notify", "bootstrap", "bootstrap file", "bootstrap https", "alert", "status",
                              "check-config"],
                "dmtree-cli": ["", "ls", "store", "store dump"], "dm-server": ["", "notify"], "dm-trace": ["", "decode"]}

    def ended(self, name, *arguments, **streams):
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
        done = subprocess.run([program(name), *arguments], stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False, **streams)
        return Ended(done.returncode, done.stdout or b"", done.stderr or b"")

    def test_UI_001_help_fits_and_names_its_command(self):
        for name, commands in self.COMMANDS.items():
            for command in commands:
                done = self.ended(name, *command.split(), "--help")
                self.assertEqual((done.code, done.err), (0, ""), f"{name} {command}")
                self.assertIn(f"Usage: {name} {command}".rstrip(), done.out)
                self.assertLessEqual(max(len(line) for line in done.out.splitlines()), 80, done.out)
                self.assertIn(f"{name}(1)", done.out)
            self.assertRegex(self.ended(name, "--version").out, rf"^{name} \d+\.\d+\.\d+\n$")

    def test_UI_002_004_what_is_unknown_is_named(self):
        for name, commands in self.COMMANDS.items():
            for command in commands:
                done = self.ended(name, *command.split(), "--frobnicate", "--json")
                self.assertEqual((done.code, done.json()["exit"]), (2, 2), f"{name} {command}: {done}")
                self.assertRegex(done.err, rf"^{name}: [^\n]*no option '--frobnicate'[^\n]*\n$")
                self.assertIn(f"{command}: no option".removeprefix(": "), done.err)
            done = self.ended(name, "frob")
            self.assertEqual((done.code, done.out), (2, ""))
            self.assertRegex(done.err, rf"^{name}: no command 'frob'[^\n]*{name} --help[^\n]*\n$")
        self.assertIn("bootstrap: no command 'frob'", self.ended("dm-client", "bootstrap", "frob").err)
        self.assertIn("status: one word too many: 'frob'", self.ended("dm-client", "status", "frob").err)
        for name in ("dm-client", "dmtree-cli", "dm-trace"):
            self.assertIn("a command is missing", self.ended(name).err)
        self.assertIn(r"no command '\x1b[2J\u{202e}'", self.ended("dm-client", "\x1b[2J\u202e").err)

    def test_UI_009_options_of_dm_server_on_both_sides(self):
        out = os.path.join(self.directory, "p0")
        notify = ["--server-id", "s", "--session-id", "1", "--out", out]
        for words in (["--verbose", "notify", *notify], ["notify", *notify, "--verbose"]):
            done = self.ended("dm-server", *words)
            self.assertEqual(done.code, 0, repr(done))
            self.assertIn(out, done.err)
        done = self.ended("dm-server", "notify", "--server-id", "s", "--session-id", "1", "--json")
        self.assertEqual((done.code, done.json()["exit"]), (2, 2))
        done = self.ended("dm-server", "--config", os.path.join(self.directory, "none.toml"))
        self.assertIn("none.toml", done.err)

    def test_UI_002_nobody_takes_what_is_said(self):
        self.configure()
        script = os.path.join(self.directory, "s.toml")
        with open(script, "w", encoding="utf-8") as text:
            text.write('[server]\nid = "srv.example.com"\n' + account_script() + SESSION % "")
        message = os.path.join(ROOT, "tests/vectors/messages/challenge-1.xml")
        works = [("dm-client", "--state", self.state, "--config", self.config, "status"),
                 ("dm-client", "--state", self.state, "--config", self.config, "check-config"), ("dm-client", "--help"),
                 ("dm-server", "--version"), ("dm-trace", "decode", message),
                 ("dm-server", "notify", "--server-id", "s", "--session-id", "1", "--out", "-"),
                 ("dm-server", "--script", script, "--tls", "none", "--timeout", "0.1")]
        fails = [(5, "dm-client", "--state", self.state, "--config", self.config, "--json", "session", "--server", "x"),
                 (5, "dm-client", "notify", "/nonexistent"), (2, "dm-client", "frob", "--json"), (2, "dm-server", "frob", "--json"),
                 (2, "dm-server", "--script", "/nonexistent", "--json"), (5, "dm-trace", "--json", "decode", "/nonexistent")]
        with open("/dev/full", "wb") as full:
            for words in works:
                done = self.ended(*words, stdout=full)
                self.assertEqual(done.code, 1, f"{words}: {done}")
                self.assertRegex(done.err, rf"(?m)^{words[0]}: the output cannot be written$")
            for code, *words in fails:
                self.assertEqual(self.ended(*words, stdout=full, stderr=full).code, code, words)
        # A stream that was closed: nothing of it may end up in a file that is open.
        for words in works[:1] + works[4:]:
            closed = subprocess.run(["sh", "-c", 'exec "$@" >&- 2>&-', "sh", program(words[0]), *words[1:]], timeout=PATIENCE,
                                    stdin=subprocess.DEVNULL, check=False)
            self.assertEqual(closed.returncode, 1, words)
        self.assertEqual(self.tree_cli("store", "check").code, 0)


    def test_UI_005_what_the_other_side_says_drives_no_terminal(self):
        evil = "a\u009b31mb\u202ec\\d"
        shown = r"a\u{9b}31mb\u{202e}c\\d"
        server = self.serve('[server]\nid = "srv.example.com"\nstrict = false\n' + account_script() +
                            '[[session]]\naccount = "lab"\nends = "any"\n[[session.package]]\n'
                            f'command = [ {{ cmd = "Get", uri = {json.dumps("./" + evil)} }} ]\n')
        self.configure(server)
        self.install_account(server.url)
        done = self.client("alert", "--server", SERVER_ID, "--type", "Reversed-Domain-Name: org.example", "--data", evil)
        self.assertEqual(done.code, 0, repr(done))
        plain, document = self.session(), self.client("status", "--json")
        server.wait()
        self.assertIn(shown, plain.out)
        self.assertIn(shown, server.output())
        for text in (plain.out, plain.err, document.out, server.output()):
            self.assertNotRegex(text, "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]")


class Daemon(Lab):
    def start_daemon(self, state):
        daemon = subprocess.Popen([program("dm-client"), "--state", state, "--config", self.config, "run"],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(daemon.wait)
        self.addCleanup(daemon.kill)
        deadline = time.monotonic() + PATIENCE
        while not os.path.exists(os.path.join(state, "control.sock")):
            self.assertLess(time.monotonic(), deadline, "the daemon does not listen")
            time.sleep(0.02)
        return daemon

    def test_BOOT_019_BOOT_050_a_session_with_a_new_server(self):
        hello = '[[session]]\naccount = "lab"\n[[session.package]]\ncommand = [ { cmd = "Add", uri = "./Hello", data = "yes" } ]\n'
        server = self.serve('[server]\nid = "srv.example.com"\n' + account_script() + hello)
        self.configure(server)
        self.start_daemon(self.state)
        self.install_account(server.url)
        self.assertEqual(server.wait(), 0, server.output())
        with open(server.messages("in")[0], encoding="utf-8") as first:
            self.assertIn("<Data>1201</Data>", first.read())
        self.assertEqual(self.value("./Hello"), "yes")

    def test_a_stopped_daemon_is_told_and_a_slow_session_waited_for(self):
        slow = ('[[session]]\naccount = "lab"\n[[session.package]]\ndelay_ms = 27000\n'
                'command = [ { cmd = "Add", uri = "./Slow", data = "yes", expect = 200 } ]\n')
        server = self.serve('[server]\nid = "srv.example.com"\ntimeout_ms = 60000\n' + account_script() + slow)
        self.configure(server)
        with open(self.config, encoding="utf-8") as text:
            config = text.read().replace("timeout_s = 10", "timeout_s = 50")
        with open(self.config, "w", encoding="utf-8") as text:
            text.write(config)
        self.install_account(server.url)
        stopped = self.state + "-stopped"
        shutil.copytree(self.state, stopped)
        self.start_daemon(self.state)
        daemon = self.start_daemon(stopped)
        os.kill(daemon.pid, signal.SIGSTOP)

        def start(name, state, *words):
            return subprocess.Popen([program(name), "--state", state, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE)
        session = start("dm-client", self.state, "session", "--server", SERVER_ID)
        waiting = [start("dm-client", stopped, "status"), start("dm-client", stopped, "session", "--server", SERVER_ID),
                   start("dmtree-cli", stopped, "ls"), start("dmtree-cli", stopped, "set", "./DevInfo/Lang", "de")]
        for process in waiting:
            err = process.communicate(timeout=PATIENCE)[1].decode()
            self.assertEqual(process.returncode, 1, err)
            self.assertIn("the daemon does not answer", err)
        os.kill(daemon.pid, signal.SIGCONT)
        self.assertEqual(self.run_program(program("dm-client"), "--state", stopped, "status").code, 0)
        err = session.communicate(timeout=PATIENCE)[1].decode()
        self.assertEqual(session.returncode, 0, err + server.output())


def add_cases():
    for name, (fault, codes) in CASES.items():
        for encoding in ("xml", "wbxml"):
            def test(self, fault=fault, codes=codes, encoding=encoding):
                self.run_one(fault, codes, encoding)
            setattr(BadInput, f"test_{name}_{encoding}", test)


add_cases()
if __name__ == "__main__":
    main()
