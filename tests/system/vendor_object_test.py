"""[[mo]] handler: a real program acts for a vendor object, for dm-server through dm-client and for dmtree-cli."""
import json
import os
import signal
import subprocess
import time

from harness import PATIENCE, ROOT, SERVER_ID, Lab, account_script, main, program

EXAMPLE = os.path.join(ROOT, "tools/examples/vendor-object")
SESSION = '\n[[session]]\naccount = "lab"\n'
# Answers as the lamp does, but for what the file "mode" says.
MOODY = """#!/bin/sh
echo "$*" >>"$LAMP_DIR/calls"
mode=$(cat "$LAMP_DIR/mode")
case $1:$mode in
  get:slow) sleep 2 ;;
  get:hang) sleep 1000 ;;
  get:flood) yes | head -c 3000000; exit 0 ;;
  get:crash) kill -9 $$ ;;
  get:words) echo many; exit 0 ;;
  get:exit*) exit "${mode#exit}" ;;
  replace:fail) exit 1 ;;
  exec:fail) exit 1 ;;
esac
exec "$LAMP_HANDLER" "$@"
"""


class VendorObject(Lab):
    def setUp(self):
        super().setUp()
        self.lamp = os.path.join(self.directory, "lamp")
        os.makedirs(self.lamp)
        self.handler = os.path.join(self.directory, "moody")
        with open(self.handler, "w", encoding="utf-8") as out:
            out.write(MOODY)
        os.chmod(self.handler, 0o755)
        os.environ["LAMP_DIR"] = self.lamp
        os.environ["LAMP_HANDLER"] = os.path.join(EXAMPLE, "lamp-handler")
        self.set("level", "40\n")
        self.set("temperature", "21.5\n")
        self.set("mode", "good")

    def set(self, name, text):
        with open(os.path.join(self.lamp, name), "w", encoding="utf-8") as out:
            out.write(text)

    def lamp_file(self, name):
        path = os.path.join(self.lamp, name)
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8") as text:
            return text.read()

    def calls(self):
        return self.lamp_file("calls").split("\n")[:-1]

    def mo(self, handler=None, timeout=10):
        return (f'[[mo]]\nddf = "{EXAMPLE}/lamp.ddf.xml"\nhandler = "command:{handler or self.handler}"\n'
                f"timeout_s = {timeout}\n")

    def equip(self, script, acl='', **options):
        server = self.serve(account_script() + script, **options)
        self.configure(server, "wbxml", self.mo(timeout=self.timeout if hasattr(self, "timeout") else 10))
        self.install_account(server.url)
        # The factory ACL of the root lets every server read, and nobody write.
        done = self.cli("acl", "./Vendor/Lamp", acl or f"Get=*&Replace={SERVER_ID}&Exec={SERVER_ID}")
        self.assertEqual(done.code, 0, repr(done))
        return server

    def cli(self, *arguments):
        return self.tree_cli("--config", self.config, *arguments)

    def statuses(self, script, **options):
        server = self.equip(SESSION + script, **options)
        done = self.session("--json")
        self.assertEqual(done.code, 0, repr(done) + server.output())
        self.assertEqual(server.wait(), 0, server.output())
        return [str(command["status"]) for command in done.json()["commands"] if command["command"] != "Alert"]

    def test_server_reads_the_live_value(self):
        self.statuses('[[session.package]]\ncommand = [ { cmd = "Get", uri = "./Vendor/Lamp/Level", expect = 200, expect_data = "40" },\n'
                      '{ cmd = "Get", uri = "./Vendor/Lamp/Temperature", expect = 200, expect_data = "21.5" } ]\n')
        self.assertEqual(self.calls(), ["get ./Vendor/Lamp/Level", "get ./Vendor/Lamp/Temperature"])

    def test_server_replaces_and_the_program_acts(self):
        self.statuses('[[session.package]]\ncommand = [ { cmd = "Replace", uri = "./Vendor/Lamp/Level", format = "int", data = 70, expect = 200 },\n'
                      '{ cmd = "Get", uri = "./Vendor/Lamp/Level", expect = 200, expect_data = "70" } ]\n'
                      '[[session.package]]\ncommand = [ { cmd = "Get", uri = "./Vendor/Lamp/Level", expect = 200, expect_data = "70" } ]\n')
        self.assertEqual(self.lamp_file("level"), "70")
        self.assertEqual(self.calls(), ["get ./Vendor/Lamp/Level", "replace ./Vendor/Lamp/Level", "get ./Vendor/Lamp/Level"])

    def test_what_the_description_forbids_is_never_told(self):
        self.statuses('[[session.package]]\ncommand = [ { cmd = "Replace", uri = "./Vendor/Lamp/Level", format = "int", data = "bright", expect = 403 },\n'
                      '{ cmd = "Replace", uri = "./Vendor/Lamp/Temperature", format = "float", data = "1", expect = 405 },\n'
                      '{ cmd = "Get", uri = "./Vendor/Lamp/Blink", expect = 405 },\n'
                      '{ cmd = "Delete", uri = "./Vendor/Lamp/Level", expect = 405 } ]\n')
        self.assertEqual(self.calls(), [])

    def test_what_the_acl_forbids_is_never_asked(self):
        self.statuses('[[session.package]]\ncommand = [ { cmd = "Get", uri = "./Vendor/Lamp/Level", expect = 425 },\n'
                      '{ cmd = "Exec", uri = "./Vendor/Lamp/Blink", data = 3, expect = 425 },\n'
                      '{ cmd = "Replace", uri = "./Vendor/Lamp/Level", format = "int", data = 9, expect = 425 } ]\n', acl="Get=somebody")
        self.assertEqual(self.calls(), [])

    def test_SEC_064_without_authentication_no_program_runs(self):
        script = ('[server]\nid = "srv.example.com"\nstrict = false\n' + account_script("mac", "mac") + '[[session]]\naccount = "lab"\nends = "any"\n'
                  '[[session.package]]\nfault = [{ kind = "wrong_mac", times = 100 }]\n'
                  'command = [ { cmd = "Get", uri = "./Vendor/Lamp/Level" }, { cmd = "Exec", uri = "./Vendor/Lamp/Blink", data = 3 } ]\n')
        server = self.serve(script, once=False)
        self.configure(server, "wbxml", self.mo())
        self.install_account(server.url, client_auth="mac", server_auth="mac")
        self.assertEqual(self.cli("acl", "./Vendor/Lamp", "Get=*&Exec=*").code, 0)
        done = self.session("--json")
        self.assertEqual(done.code, 3, repr(done) + server.output())
        self.assertEqual(self.calls(), [])

    def test_TND_111_exec_is_accepted_and_reported(self):
        server = self.equip(SESSION + '[[session.package]]\ncommand = [ { cmd = "Exec", uri = "./Vendor/Lamp/Blink", data = 3, correlator = "c7", expect = 202 } ]\n'
                            + SESSION, once=False)
        done = self.session("--json")
        self.assertEqual(done.code, 0, repr(done) + server.output())
        self.assertEqual(self.lamp_file("blinks"), "3\n")
        self.assertEqual(self.calls(), ["exec ./Vendor/Lamp/Blink"])
        again = self.session("--json")
        self.assertEqual(again.code, 0, repr(again) + server.output())
        said = ""
        for name in server.messages("in"):
            decoded = self.run_program(program("dm-trace"), "decode", name)
            said += decoded.out
        for part in ("1226", "c7", "com.example/1.0/Lamp", "./Vendor/Lamp/Blink", "blinked 3 times", "informational"):
            self.assertIn(part, said)

    def read_once(self, mode, status, timeout=10):
        self.set("mode", mode)
        self.timeout = timeout
        self.statuses(f'[[session.package]]\ncommand = [ {{ cmd = "Get", uri = "./Vendor/Lamp/Level", expect = {status} }},\n'
                      '{ cmd = "Get", uri = "./DevInfo/Man", expect = 200, expect_data = "Example Works" } ]\n')
        self.assertEqual(self.calls(), ["get ./Vendor/Lamp/Level"])

    def test_status_1_is_500(self):
        self.read_once("exit1", 500)

    def test_status_2_is_the_stored_value(self):
        self.read_once("exit2", 200)

    def test_status_4_is_403(self):
        self.read_once("exit4", 403)

    def test_status_5_is_404(self):
        self.read_once("exit5", 404)

    def test_a_program_that_dies_is_500(self):
        self.read_once("crash", 500)

    def test_a_program_that_prints_too_much_is_413(self):
        self.read_once("flood", 413)

    def test_a_value_of_another_format_is_500(self):
        self.read_once("words", 500)

    def test_a_program_that_hangs_is_ended(self):
        started = time.monotonic()
        self.set("mode", "hang")
        self.timeout = 1
        self.statuses('[[session.package]]\ncommand = [ { cmd = "Get", uri = "./Vendor/Lamp/Level", expect = 500 },\n'
                      '{ cmd = "Get", uri = "./Vendor/Lamp/Temperature", expect = 500 },\n'
                      '{ cmd = "Get", uri = "./DevInfo/Man", expect = 200, expect_data = "Example Works" } ]\n')
        self.assertEqual(self.calls(), ["get ./Vendor/Lamp/Level"], "who hangs once is not asked again")
        self.assertLess(time.monotonic() - started, PATIENCE)

    def test_a_program_that_is_not_there_is_500(self):
        server = self.serve(account_script() + SESSION + '[[session.package]]\ncommand = [ { cmd = "Get", uri = "./Vendor/Lamp/Level", expect = 500 } ]\n')
        self.configure(server, "wbxml", self.mo(handler="/nonexistent/handler"))
        self.install_account(server.url)
        done = self.session("--json")
        self.assertEqual(done.code, 0, repr(done) + server.output())
        self.assertEqual(server.wait(), 0, server.output())
        self.assertIn("/nonexistent/handler", done.err)
        checked = self.client("check-config")
        self.assertEqual(checked.code, 2, repr(checked))
        self.assertIn("[[mo]] handler: ", checked.err)

    def test_a_failing_replace_is_logged_and_the_next_get_tells_the_truth(self):
        self.set("mode", "fail")
        server = self.equip(SESSION + '[[session.package]]\ncommand = [ { cmd = "Replace", uri = "./Vendor/Lamp/Level", format = "int", data = 70, expect = 200 } ]\n'
                            '[[session.package]]\ncommand = [ { cmd = "Get", uri = "./Vendor/Lamp/Level", expect = 200, expect_data = "40" } ]\n')
        done = self.session("--json")
        self.assertEqual(done.code, 0, repr(done) + server.output())
        self.assertEqual(server.wait(), 0, server.output())
        self.assertIn("replace ./Vendor/Lamp/Level", done.err)

    def test_a_rolled_back_change_is_never_told(self):
        self.statuses('[[session.package]]\ncommand = [ { cmd = "Atomic", command = [ { cmd = "Replace", uri = "./Vendor/Lamp/Level", format = "int", data = 70 },\n'
                      '{ cmd = "Replace", uri = "./Nowhere", data = 1 } ] } ]\n')
        self.assertEqual(self.calls(), [])

    def test_a_listing_leaves_out_what_cannot_be_had(self):
        self.set("mode", "exit1")
        self.statuses('[[session.package]]\ncommand = [ { cmd = "Get", uri = "./Vendor/Lamp?list=StructData", expect = 200 } ]\n')
        self.assertEqual(sorted(self.calls()), ["get ./Vendor/Lamp/Level", "get ./Vendor/Lamp/Temperature"])

    def test_offline_dmtree_cli_says_that_the_daemon_is_needed(self):
        self.equip(SESSION)
        done = self.cli("get", "./Vendor/Lamp/Level")
        self.assertEqual((done.code, done.out), (0, "0\n"), repr(done))
        self.assertIn("dm-client run", done.err)
        done = self.cli("set", "./Vendor/Lamp/Level", "5")
        self.assertEqual(done.code, 1, repr(done))
        self.assertIn("dm-client run", done.err)
        done = self.cli("exec", "./Vendor/Lamp/Blink", "5")
        self.assertEqual(done.code, 1, repr(done))
        self.assertIn("dm-client run", done.err)
        self.assertEqual(self.calls(), [])

    def test_with_the_daemon_dmtree_cli_reads_sets_and_executes_and_others_need_not_wait(self):
        self.equip(SESSION)
        daemon = subprocess.Popen([program("dm-client"), "--state", self.state, "--config", self.config, "run"],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            deadline = time.monotonic() + PATIENCE
            while not os.path.exists(os.path.join(self.state, "control.sock")):
                self.assertIsNone(daemon.poll(), "the daemon ended")
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.05)
            done = self.cli("get", "./Vendor/Lamp/Level", "--json")
            self.assertEqual((done.code, done.json()["value"]), (0, "40"), repr(done))
            self.assertEqual(self.cli("set", "./Vendor/Lamp/Level", "55").code, 0)
            self.assertEqual(self.cli("get", "./Vendor/Lamp/Level", "--json").json()["value"], "55")
            self.assertEqual(self.lamp_file("level"), "55")
            self.assertEqual(self.cli("exec", "./Vendor/Lamp/Blink", "2").code, 0)
            self.set("mode", "slow")
            slow = subprocess.Popen([program("dmtree-cli"), "--state", self.state, "get", "./Vendor/Lamp/Level", "--json"],
                                    stdout=subprocess.PIPE)
            while "get" not in self.calls()[-1]:
                time.sleep(0.01)
            quick = self.cli("get", "./DevInfo/Man", "--json")
            self.assertEqual(quick.json()["value"], "Example Works")
            self.assertIsNone(slow.poll(), "the slow one is still being answered")
            out, _ = slow.communicate(timeout=PATIENCE)
            self.assertEqual(json.loads(out)["value"], "55")
            self.assertEqual(self.lamp_file("blinks"), "2\n")
        finally:
            daemon.send_signal(signal.SIGTERM)
            _, err = daemon.communicate(timeout=PATIENCE)
        self.assertEqual(daemon.returncode, 0, err)

    def test_what_is_wrong_with_the_configuration_is_named(self):
        for text, what in ((f'[[mo]]\nddf = "{EXAMPLE}/lamp.ddf.xml"\nhandler = "/usr/bin/true"\n', "command:"),
                           (f'[[mo]]\nddf = "{EXAMPLE}/lamp.ddf.xml"\nhandler = "command: "\n', "names no program"),
                           (f'[[mo]]\nddf = "{EXAMPLE}/lamp.ddf.xml"\ntimeout_s = 0\n', "timeout_s"),
                           ('[[mo]]\nhandler = "command:true"\n', "ddf"),
                           (f'[[mo]]\nddf = "{EXAMPLE}/lamp.ddf.xml"\nhandlers = "command:true"\n', "handlers")):
            self.configure(extra=text)
            done = self.client("check-config")
            self.assertEqual(done.code, 2, repr(done))
            self.assertIn(what, done.err)
            self.assertIn("dm-client.toml:", done.err)
            offline = self.cli("ls")
            self.assertIn(offline.code, (1, 2), repr(offline))


if __name__ == "__main__":
    main()
