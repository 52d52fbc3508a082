"""Questions of a server to the user: by a program, on a terminal, and with nobody there."""
import os
import pty
import select
import subprocess
import time

from harness import PATIENCE, SERVER_ID, Lab, account_script, main, program

ALERT = '{ cmd = "Alert", code = "%s", items = [ { data = "%s" }, { data = "%s" }%s ], %s }'


def ask(code, options, text, expect, choices=()):
    return ALERT % (code, options, text, "".join(f', {{ data = "{choice}" }}' for choice in choices), expect)


QUESTIONS = [ask("1100", "MINDT=1", "Hello", "expect = 200"),
             ask("1101", "", "Go on?", "expect = 200"),
             ask("1102", "MAXLEN=30&IT=N", "How much?", 'expect = 200, expect_data = "-1.23"'),
             ask("1103", "", "Which?", 'expect = 200, expect_data = "2"', ("red", "green")),
             ask("1104", "DR=2-3", "Which ones?", 'expect = 200, expect_data = "2-3"', ("a", "b", "c")),
             ask("1101", "", "Really?", "expect = 304")]


def script(commands, **account):
    return ('[server]\nid = "srv.example.com"\n' + account_script(**account) +
            '[[session]]\naccount = "lab"\n[[session.package]]\ncommand = [ ' + ",\n".join(commands) + " ]\n")


class Users(Lab):
    def prepare(self, commands, extra=""):
        server = self.serve(script(commands))
        self.configure(server, "wbxml", extra)
        self.install_account(server.url)
        return server

    def ui_program(self, text):
        path = os.path.join(self.directory, "ui")
        with open(path, "w", encoding="utf-8") as out:
            out.write("#!/bin/sh\n" + text)
        os.chmod(path, 0o755)
        return f'[ui]\ncommand = ["{path}", "--first"]\n'

    def test_PRO_320_nobody_is_there(self):
        server = self.prepare([ask("1101", "", "Go on?", "expect = 406"), ask("1100", "", "Hello", "expect = 406")])
        self.assertEqual(self.session().code, 0)
        self.assertEqual(server.wait(), 0, server.output())

    def test_PRO_322_325_a_program_answers(self):
        seen = os.path.join(self.directory, "seen")
        extra = self.ui_program(f'''printf '%s|' "$1" "$2" "$3" "$OMADM_TEXT" "$OMADM_CHOICES" "$OMADM_DEFAULT" >> {seen}
case "$2" in
  input) echo -1.23 ;;
  choice) echo 2 ;;
  choices) echo 2 3 ;;
  confirm) [ "$OMADM_TEXT" = "Go on?" ] ;;
esac
''')
        server = self.prepare(QUESTIONS, extra)
        done = self.session()
        self.assertEqual(done.code, 0, repr(done) + server.output())
        self.assertEqual(server.wait(), 0, server.output())
        with open(seen, encoding="utf-8") as text:
            words = text.read()
        self.assertIn(f"--first|display|{SERVER_ID}|Hello||", words)
        self.assertIn("|choices|" + SERVER_ID + "|Which ones?|a\nb\nc\n|2-3|", words)

    def test_PRO_328_a_program_that_never_answers_is_killed(self):
        pid_file = os.path.join(self.directory, "pid")
        extra = self.ui_program(f"echo $$ > {pid_file}\nexec sleep 600\n")
        server = self.prepare([ask("1101", "MAXDT=1", "Go on?", "expect = 408"),
                               '{ cmd = "Add", uri = "./x", data = "1", expect = 215 }'], extra)
        done = self.session()
        self.assertEqual(done.code, 0, repr(done))
        self.assertEqual(server.wait(), 0, server.output())
        with open(pid_file, encoding="ascii") as text:
            self.assertFalse(os.path.exists(f"/proc/{text.read().strip()}"), "the program goes on")

    def test_PRO_326_a_daemon_answers_others_while_the_user_thinks(self):
        gate = os.path.join(self.directory, "gate")
        asked = os.path.join(self.directory, "asked")
        extra = self.ui_program(f": > {asked}\nwhile [ ! -e {gate} ]; do sleep 0.05; done\nexit 2\n")
        server = self.prepare([ask("1101", "", "Go on?", "expect = 214"),
                               '{ cmd = "Get", uri = "./DevInfo/Man", expect = 215 }'], extra)
        self.daemon()
        session = subprocess.Popen([program("dm-client"), "--state", self.state, "--config", self.config, "session", "--server",
                                    SERVER_ID], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.wait_for(lambda: os.path.exists(asked))
        begun = time.monotonic()
        self.assertEqual(self.tree_cli("get", "./DevInfo/Man").code, 0)
        self.assertLess(time.monotonic() - begun, PATIENCE / 2)
        self.assertIsNone(session.poll())
        with open(gate, "w", encoding="ascii"):
            pass
        out, err = session.communicate(timeout=PATIENCE)
        self.assertEqual(session.returncode, 0, (out, err))
        self.assertEqual(server.wait(), 0, server.output())

    def wait_for(self, condition):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), deadline, "it never came")
            time.sleep(0.02)

    def on_terminal(self, *dialogue):
        """Runs a session on a terminal of its own; each pair is what must be seen, and what is typed then."""
        pid, master = pty.fork()
        if pid == 0:
            os.execv(program("dm-client"), ["dm-client", "--state", self.state, "--config", self.config, "session",
                                            "--server", SERVER_ID, "--json"])
        seen = b""
        deadline = time.monotonic() + PATIENCE
        pending = list(dialogue)
        mark = 0
        while True:
            self.assertLess(time.monotonic(), deadline, seen.decode("utf-8", "replace"))
            if pending and pending[0][0].encode() in seen[mark:]:
                mark = len(seen)
                os.write(master, pending.pop(0)[1].encode())
            if not select.select([master], [], [], 0.1)[0]:
                continue
            try:
                octets = os.read(master, 65536)
            except OSError:
                break
            if not octets:
                break
            seen += octets
        _, status = os.waitpid(pid, 0)
        os.close(master)
        self.assertFalse(pending, seen.decode("utf-8", "replace"))
        return os.waitstatus_to_exitcode(status), seen.decode("utf-8", "replace")

    def test_PRO_322_325_a_terminal_answers(self):
        server = self.prepare(QUESTIONS)
        code, seen = self.on_terminal(("Enter to go on", "\n"), ("yes or no", "maybe\n"), ("yes or no", "y\n"),
                                      ("a number", "many\n"), ("a number is wanted", "-1.23\n"),
                                      ("2  green", "2\n"), ("Numbers [2-3]", "\n"), ("Really?", "no\n"))
        self.assertEqual(code, 0, seen)
        self.assertEqual(server.wait(), 0, server.output())

    def test_PRO_323_a_terminal_answers_through_the_daemon(self):
        server = self.prepare(QUESTIONS)
        daemon = self.daemon()
        code, seen = self.on_terminal(("Enter to go on", "\n"), ("yes or no", "y\n"), ("a number", "many\n"),
                                      ("a number is wanted", "-1.23\n"), ("2  green", "2\n"), ("Numbers [2-3]", "\n"),
                                      ("Really?", "no\n"))
        self.assertEqual(code, 0, seen)
        self.assertEqual(server.wait(), 0, server.output())
        self.assertIsNone(daemon.poll())

    def test_PRO_328_a_question_is_withdrawn_from_the_terminal_too(self):
        server = self.prepare([ask("1101", "MAXDT=1", "Go on?", "expect = 408"), ask("1100", "", "x", "expect = 215")])
        self.daemon()
        code, seen = self.on_terminal(("Go on?", ""))
        self.assertEqual(code, 0, seen)
        self.assertEqual(server.wait(), 0, server.output())

    def daemon(self):
        daemon = subprocess.Popen([program("dm-client"), "--state", self.state, "--config", self.config, "run"],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(daemon.wait)
        self.addCleanup(daemon.kill)
        self.wait_for(lambda: os.path.exists(os.path.join(self.state, "control.sock")))
        return daemon

    def test_PRO_346_a_password_is_not_echoed(self):
        server = self.prepare([ask("1102", "ET=P", "PIN?", 'expect = 200, expect_data = "8642"')])
        code, seen = self.on_terminal(("Your answer: ", "8642\n"))
        self.assertEqual(code, 0, seen)
        self.assertNotIn("8642", seen)
        self.assertEqual(server.wait(), 0, server.output())

    def test_UI_005_a_text_does_not_drive_the_terminal(self):
        server = self.prepare([ask("1100", "", "a\\u009b31mb\\u202ec", "expect = 200")])
        code, seen = self.on_terminal(("Enter", "\n"))
        self.assertEqual(code, 0, seen)
        self.assertNotIn("\u009b", seen)
        self.assertNotIn("\u202e", seen)
        self.assertEqual(server.wait(), 0, server.output())

    def test_PRO_326_end_of_input_cancels(self):
        server = self.prepare([ask("1102", "", "Name?", "expect = 214"),
                               '{ cmd = "Get", uri = "./DevInfo/Man", expect = 215 }'])
        code, seen = self.on_terminal(("Your answer: ", "\x04"))
        self.assertEqual(code, 0, seen)
        self.assertEqual(server.wait(), 0, server.output())


if __name__ == "__main__":
    main()
