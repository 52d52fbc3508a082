"""Bootstrap documents that a network delivers: each profile by each door, a session with the account it made; and what is
wrong changes nothing. BOOT-021 … BOOT-026, BOOT-040, BOOT-042, BOOT-050."""
import os
import stat
import time

from harness import (CLIENT_PASSWORD, DOORS, SERVER_ID, SERVER_PASSWORD, DaemonLab, account_script, main, program)

IMSI = "001010123456789"
PIN = "1234"
SESSION = """
[[session]]
account = "lab"
expect_alert = "1201"
[[session.package]]
command = [ { cmd = "Get", uri = "./DevInfo/Man", expect = 200, expect_data = "Example Works" } ]
"""
# What dm-server makes, and the SEC that goes with it.
DOCUMENTS = {"cp+wbxml": "NETWPIN", "cp+xml": "NETWPIN", "dm+wbxml": "NETWORKID", "tnds+wbxml": "NETWORKID"}
WRONGS = ("mac", "short_mac", "no_mac", "no_sec", "sec", "octet", "truncated", "type")


class PushedBootstrap(DaemonLab):
    def write(self, name, text):
        path = os.path.join(self.directory, name)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        return path

    def start(self, extra="", server=None):
        """The daemon, its doors open, without any account."""
        self.configure(server, "wbxml", f"[notification]\n{DOORS}[bootstrap]\n"
                                        f"imsi_file = \"{self.write('imsi', IMSI)}\"\n{extra}")
        self.start_daemon()

    def push(self, answer, *arguments, sec=None, pin="", address="https://dm.example/", code=0):
        """dm-server makes a document and sends it, or leaves it where the arguments say."""
        sec = sec or DOCUMENTS.get(answer, "NETWORKID")
        script = self.write("push.toml", '[server]\nid = "srv.example.com"\n' + account_script(client_nonce="client-nonce-0")
                            + f'[bootstrap]\nanswer = "{answer}"\nnode = "pushed"\nsec = "{sec}"\n'
                            + ("" if sec.startswith("USERPIN") else f'imsi = "{IMSI}"\n') + (f'pin = "{pin}"\n' if pin else ""))
        done = self.run_program(program("dm-server"), "bootstrap", "--script", script, "--address", address, "--verbose",
                                *arguments)
        self.assertEqual(done.code, code, repr(done))
        return done

    def door(self, via):
        return {"wap": self.udp, "sip": self.sip, "sip-tcp": self.sip, "http": f"http://{self.http}/push"}[via]

    def meets(self, answer, via):
        """The document arrives, the daemon calls the server by itself, once."""
        server = self.serve('[server]\nid = "srv.example.com"\n' + account_script() + SESSION)
        self.start(server=server)
        done = self.push(answer, "--via", via, "--to", self.door(via), address=server.url)
        self.assertEqual(server.wait(), 0, server.output() + self.said() + repr(done))
        self.until(self.idle)
        self.assertEqual(len(self.sessions(server)), 1, self.said())
        self.assertIn(f"bootstrap: account for {SERVER_ID}", self.said())
        self.no_secret_is_told()
        return done

    def no_secret_is_told(self):
        for secret in (CLIENT_PASSWORD, SERVER_PASSWORD, IMSI, "MAC="):
            self.assertNotIn(secret, self.said())

    def test_BOOT_021_BOOT_022_BOOT_023_provisioning_by_wap_push(self):
        self.meets("cp+wbxml", "wap")

    def test_BOOT_013_BOOT_024_provisioning_in_xml_by_http(self):
        self.assertIn("answered 204", self.meets("cp+xml", "http").err)

    def test_BOOT_040_BOOT_044_dm_message_by_sip(self):
        self.assertIn("answered SIP/2.0 200", self.meets("dm+wbxml", "sip").err)

    def test_BOOT_044_BOOT_050_subtree_by_sip_over_tcp(self):
        self.meets("tnds+wbxml", "sip-tcp")

    def test_BOOT_025_dm_message_by_wap_push(self):
        self.meets("dm+wbxml", "wap")

    def test_BOOT_026_dm_message_by_http(self):
        self.meets("dm+wbxml", "http")

    def test_BOOT_021_BOOT_026_in_short_messages(self):
        """As a modem delivers them, to a daemon and to the command alone; in any order."""
        server = self.serve('[server]\nid = "srv.example.com"\n' + account_script() + SESSION)
        sms = os.path.join(self.directory, "sms")
        self.push("dm+wbxml", "--sms", "--out", sms, address=server.url)
        parts = sorted(name for name in os.listdir(self.directory) if name.startswith("sms."))
        self.assertGreater(len(parts), 5)
        self.configure(server, "wbxml", f"[bootstrap]\nimsi_file = \"{self.write('imsi', IMSI)}\"\n")
        paths = [os.path.join(self.directory, name) for name in reversed(parts)]
        self.assertEqual(self.client("notify", *paths[:-1]).code, 1)
        self.assertEqual(self.tree_cli("ls", "./DMAcc").out.strip(), "")
        tried = self.client("notify", "--dry-run", "--json", *paths)
        self.assertEqual((tried.code, tried.json()["accepted"], tried.json()["bootstrap"]), (0, True, True), repr(tried))
        self.assertEqual(self.tree_cli("ls", "./DMAcc").out.strip(), "")
        done = self.client("notify", "--json", *paths)
        self.assertEqual((done.code, done.json()["servers"]), (0, [SERVER_ID]), repr(done))
        self.assertEqual(self.session().code, 0)
        self.assertEqual(server.wait(), 0, server.output())

    def test_BOOT_033_BOOT_062_the_user_is_asked_once_for_what_comes_twice(self):
        server = self.serve('[server]\nid = "srv.example.com"\n' + account_script() + SESSION)
        asked = os.path.join(self.directory, "asked")
        ask = self.write("ask.sh", f'#!/bin/sh\necho "$1" >> "{asked}"\nsleep 0.5\necho {PIN}\n')
        os.chmod(ask, stat.S_IRWXU)
        self.start(f'[ui]\ncommand = ["{ask}"]\n', server)
        for _ in range(3):
            self.push("cp+wbxml", "--via", "wap", "--to", self.udp, sec="USERPIN", pin=PIN, address=server.url)
        self.assertEqual(server.wait(), 0, server.output() + self.said())
        self.until(lambda: self.said().count("bootstrap message refused: the same message") == 2)
        with open(asked, encoding="ascii") as lines:
            self.assertEqual(lines.read().splitlines(), ["input"])
        self.no_secret_is_told()
        self.assertNotIn(PIN, self.said().replace(str(server.port), ""))

    def test_BOOT_031_a_pin_that_holds_the_mac(self):
        """Without a [ui] nobody is asked, and nothing happens."""
        server = self.serve('[server]\nid = "srv.example.com"\n' + account_script() + SESSION)
        pin = os.path.join(self.directory, "typed")
        wrapped = os.path.join(self.directory, "pdu")
        self.push("cp+wbxml", "--via", "wap", "--out", wrapped, "--pin-out", pin, sec="USERPINMAC", pin="31415",
                  address=server.url)
        ask = self.write("ask.sh", f'#!/bin/sh\ncat "{pin}"\n')
        os.chmod(ask, stat.S_IRWXU)
        self.configure(server, "wbxml")
        self.assertEqual(self.client("notify", wrapped).code, 3)
        self.configure(server, "wbxml", f'[ui]\ncommand = ["{ask}"]\n')
        done = self.client("notify", wrapped)
        self.assertEqual((done.code, done.out.splitlines()), (0, ["accepted: a bootstrap document",
                                                                   f"account installed: {SERVER_ID}"]), repr(done))
        self.assertEqual(self.session().code, 0)

    def test_BOOT_002_BOOT_042_what_is_wrong_changes_nothing_by_any_door(self):
        """Each profile, each encoding, each door: the same answer as ever, one line in the log, not an octet changed."""
        self.configure()
        self.install_account("https://first.example/", server_id="first.example")
        self.start("max_forged = 1000\n")
        before = self.stored()
        # Encodings that are never taken from a network, whatever their MAC (BOOT-040); and another address each, so that
        # nothing is the same message.
        cases = [(answer, wrong) for answer in DOCUMENTS for wrong in WRONGS] + [("dm+xml", ""), ("tnds+xml", "")]
        count = 0
        for answer, wrong in cases:
            for via in ("wap", "sip", "sip-tcp", "http"):
                options = ("--wrong", wrong) if wrong else ()
                done = self.push(answer, "--via", via, "--to", self.door(via), *options)
                count += 1
                if via != "wap":
                    self.assertIn("answered 204" if via == "http" else "answered SIP/2.0 200", done.err)
        self.until(lambda: self.said().count("bootstrap message refused: ") >= count)
        time.sleep(0.2)
        self.assertEqual(self.said().count("bootstrap message refused: "), count, "one line each")
        self.assertNotIn("bootstrap: account", self.said())
        self.no_secret_is_told()
        self.assertEqual(self.stored(), before)

    def test_SEC_165_after_many_forgeries_none_is_taken(self):
        self.start("max_forged = 3\n")
        for _ in range(3):
            self.push("cp+wbxml", "--via", "wap", "--to", self.udp, "--wrong", "mac")
        self.push("cp+wbxml", "--via", "wap", "--to", self.udp)
        self.until(lambda: "none is taken for" in self.said())
        self.assertEqual(self.tree_cli("ls", "./DMAcc").out.strip(), "")

    def test_BOOT_002_a_policy_closes_that_way(self):
        self.start('accept = ["https", "file", "smartcard"]\n')
        self.push("cp+wbxml", "--via", "http", "--to", self.door("http"))
        self.until(lambda: "bootstrap message refused: [bootstrap] accept" in self.said())
        self.assertEqual(self.tree_cli("ls", "./DMAcc").out.strip(), "")

    def test_BOOT_021_dm_trace_looks_into_a_push(self):
        pdu = os.path.join(self.directory, "pdu")
        for answer, kind in (("cp+wbxml", "OMA Client Provisioning document"), ("dm+wbxml", "SyncML message")):
            self.push(answer, "--via", "wap", "--out", pdu)
            done = self.run_program(program("dm-trace"), "decode", pdu)
            self.assertEqual(done.code, 0, repr(done))
            self.assertRegex(done.out, r"\APush: \d+ octets, type application/vnd\.\S+; SEC=0; MAC=[0-9a-f]{40}\n" + kind)
            self.assertIn("https://dm.example/", done.out)
            self.assertIn("type application/vnd", done.out)
            told = self.run_program(program("dm-trace"), "decode", "--json", pdu).json()
            self.assertIn("SEC=0", told["pushed_as"])

    def test_a_document_needs_a_bearer_that_tells_its_type(self):
        self.push("cp+wbxml", "--to", "127.0.0.1:9", code=2)


if __name__ == "__main__":
    main()
