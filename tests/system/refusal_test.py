"""What is not authenticated changes nothing: exit 3, the right status or silence, the tree as it was."""
import os

from harness import SERVER_ID, SERVER_PASSWORD, Lab, account_script, main, program

ATTACK = """
[[session]]
account = "lab"
ends = "any"
[[session.package]]
%s
command = [ { cmd = "Add", uri = "./Owned", data = "yes" }, { cmd = "Replace", uri = "./DMAcc/acme/Name", data = "Owned" } ]
[[session.package]]
%s
command = [ { cmd = "Add", uri = "./Owned", data = "yes" } ]
"""


class Refusals(Lab):
    def attack(self, auth, fault="", **account):
        faults = f'fault = [{{ kind = "{fault}", times = 100 }}]' if fault else ""
        script = '[server]\nid = "srv.example.com"\nstrict = false\n' + account_script(auth, auth, **account) + ATTACK % (faults, faults)
        server = self.serve(script, once=False)
        self.configure(server, "wbxml")
        self.install_account(server.url, client_auth=auth, server_auth=auth)
        before = self.tree()
        done = self.session("--json")
        self.assertEqual(done.code, 3, repr(done) + server.output())
        self.assertEqual(done.json()["result"], "failed")
        self.assertEqual(done.json()["server_auth"], "none")
        self.assertTrue(done.json()["commands"], "the commands were answered")
        for command in done.json()["commands"]:
            self.assertIn(command["status"], ("401", "407", 401, 407), command)
        self.assertEqual(self.tree(), before)
        self.assertTrue(done.err.startswith("dm-client: "), done.err)

    def test_SEC_070_wrong_server_mac(self):
        self.attack("mac", "wrong_mac")

    def test_SEC_065_wrong_server_password(self):
        self.attack("md5", "wrong_password")

    def test_SEC_064_083_unauthenticated_commands(self):
        self.attack("md5", "no_credentials")

    def test_SEC_066_wrong_client_password(self):
        script = '[server]\nid = "srv.example.com"\nstrict = false\n' + account_script() + ATTACK % ("", "")
        server = self.serve(script, once=False)
        self.configure(server, "xml")
        self.install_account(server.url, client_password="wrong")
        before = self.tree()
        done = self.session("--json")
        self.assertEqual(done.code, 3, repr(done) + server.output())
        self.assertEqual(self.tree(), before)

    def test_session_with_unknown_server_is_not_found(self):
        self.configure()
        done = self.client("session", "--server", "nobody.example.net")
        self.assertIn(done.code, (2, 5), repr(done))
        self.assertIn("nobody.example.net", done.err)


class Notifications(Lab):
    NONCE = "c2VydmVyLW5vbmNlLTA="  # "server-nonce-0"

    def package0(self, name="p0", server_id=SERVER_ID, password=SERVER_PASSWORD, nonce=NONCE, session_id="1234"):
        path = os.path.join(self.directory, name)
        secret = path + ".password"
        with open(secret, "w", encoding="utf-8") as out:
            out.write(password)
        done = self.run_program(program("dm-server"), "notify", "--server-id", server_id, "--password-file", secret,
                                "--nonce-base64", nonce, "--session-id", session_id, "--out", path)
        self.assertEqual(done.code, 0, repr(done))
        return path

    def lab(self):
        script = ('[server]\nid = "srv.example.com"\n' + account_script() +
                  '[[session]]\naccount = "lab"\nexpect_alert = "1200"\nexpect_session_id = "1234"\n[[session.package]]\n'
                  'command = [ { cmd = "Add", uri = "./Woken", data = "yes", expect = 200 } ]\n')
        server = self.serve(script)
        self.configure(server, "wbxml")
        self.install_account(server.url)
        return server

    def test_NOT_036_good_one_starts_the_session_and_replay_does_not(self):
        server = self.lab()
        package0 = self.package0()
        dry = self.client("notify", package0, "--dry-run", "--json")
        self.assertEqual(dry.code, 0, repr(dry))
        self.assertEqual(dry.json()["accepted"], True)
        self.assertEqual(dry.json()["server"], SERVER_ID)
        self.assertEqual(dry.json()["session_id"], "1234")
        done = self.client("notify", package0)
        self.assertEqual(done.code, 0, repr(done) + server.output())
        self.assertEqual(server.wait(), 0, server.output())
        self.assertEqual(self.value("./Woken"), "yes")
        before = self.tree()
        again = self.client("notify", package0)
        self.assertIn(again.code, (1, 3), repr(again))
        self.assertEqual(self.tree(), before)
        dry = self.client("notify", package0, "--dry-run", "--json")
        self.assertEqual(dry.json()["accepted"], False)
        self.assertTrue(dry.json()["reason"])

    def test_NOT_034_036_061_wrong_ones_are_dropped(self):
        self.lab()
        before = self.tree()
        unknown = self.client("notify", self.package0("p1", server_id="other.example.net"))
        self.assertEqual(unknown.code, 1, repr(unknown))
        wrong = self.client("notify", self.package0("p2", password="guess"))
        self.assertEqual(wrong.code, 3, repr(wrong))
        stale = self.client("notify", self.package0("p3", nonce="c3RhbGU="))
        self.assertEqual(stale.code, 3, repr(stale))
        with open(os.path.join(self.directory, "short"), "wb") as out:
            out.write(b"\x00" * 20)
        short = self.client("notify", os.path.join(self.directory, "short"))
        self.assertEqual(short.code, 1, repr(short))
        self.assertEqual(self.tree(), before)
        self.assertEqual(self.servers[0].messages("in"), [])


if __name__ == "__main__":
    main()
