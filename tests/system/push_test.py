"""Every way a network delivers a notification: one session each, and none for what is wrong. NOT-080 … 111, SIP-001 … 009."""
import base64
import os
import shutil
import socket
import subprocess
import time
import unittest

from harness import DOORS, PATIENCE, SERVER_ID, SERVER_PASSWORD, DaemonLab, account_script, main, program

NONCE = b"server-nonce-0"
SCRIPT = '[server]\nid = "srv.example.com"\nstrict = false\n' + account_script() + """
[[session]]
account = "lab"
ends = "any"
[[session.package]]
command = [ { cmd = "Get", uri = "./DevInfo/DevId" } ]
"""

SIPP_SEND = """
  <send{retransmit}>
    <![CDATA[
MESSAGE sip:device@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch={branch}
Max-Forwards: 70
From: <sip:dm@operator.example>;tag=[pid]
To: <sip:device@operator.example>
Call-ID: [call_id]
CSeq: 1 MESSAGE
Accept-Contact: *;+g.oma.pusheventapp="x-wap-application:syncml.dm"
Content-Type: application/vnd.oma.push
Content-Length: [len]

[file name={body}]]]>
  </send>
  <recv response="200"/>
"""


class Push(DaemonLab):
    def setUp(self):
        super().setUp()
        self.server = self.serve(SCRIPT, once=False)

    def start(self, notification=""):
        """The daemon with an account and all its doors open."""
        self.configure(self.server, "wbxml", "[notification]\n" + DOORS + notification)
        self.install_account(self.server.url, server_nonce=NONCE)
        self.start_daemon()

    def secret(self):
        path = os.path.join(self.directory, "secret")
        with open(path, "w", encoding="ascii") as out:
            out.write(SERVER_PASSWORD)
        return path

    def notify(self, session_id, *arguments):
        done = self.run_program(program("dm-server"), "notify", "--server-id", SERVER_ID, "--password-file", self.secret(),
                                "--nonce-base64", base64.b64encode(NONCE).decode(), "--session-id", session_id, *arguments)
        self.assertEqual(done.code, 0, repr(done))
        return done

    def trigger(self, session_id, *arguments):
        path = os.path.join(self.directory, "trigger-" + session_id)
        self.notify(session_id, "--out", path, *arguments)
        with open(path, "rb") as octets:
            return octets.read()

    def assert_one_session(self, session_id):
        deadline = time.monotonic() + PATIENCE
        while self.sessions(self.server) != [session_id] or not self.idle():
            self.assertLess(time.monotonic(), deadline, f"{self.sessions(self.server)}\n{self.said()}")
            time.sleep(0.05)
        # Whatever else was delivered has been looked at by now: the daemon answers in order.
        time.sleep(0.3)
        self.assertTrue(self.idle())
        self.assertEqual(self.sessions(self.server), [session_id], self.said())

    def test_NOT_080_081_wap_push_by_udp(self):
        self.start()
        self.notify("2A", "--to", self.udp, "--via", "wap")
        self.assert_one_session("2A")

    def test_NOT_032_version_1_0_where_an_account_allows_it(self):
        self.start(f'version_1_0 = ["other.example", "{SERVER_ID}"]\n')
        self.notify("29", "--wrong", "version_1_0", "--to", self.udp, "--via", "wap")
        self.assert_one_session("29")

    def test_NOT_100_SIP_008_message_by_udp(self):
        self.start()
        self.notify("2B", "--to", self.sip, "--via", "sip")
        self.assert_one_session("2B")

    def test_NOT_100_message_by_tcp(self):
        self.start()
        self.notify("2C", "--to", self.sip, "--via", "sip-tcp")
        self.assert_one_session("2C")

    def test_NOT_110_111_http_push(self):
        self.start()
        done = self.notify("2D", "--to", f"http://{self.http}/wappush", "--via", "http", "--verbose")
        self.assertIn("answered 204", done.err)
        self.assert_one_session("2D")

    def test_NOT_082_short_messages(self):
        self.start()
        path = os.path.join(self.directory, "sms")
        self.notify("2E", "--out", path, "--sms")
        done = self.client("notify", path)
        self.assertEqual(done.code, 0, repr(done))
        self.assert_one_session("2E")

    def long_one(self):
        """A trigger in two short messages: the account has a server identifier to fill them."""
        long_id = "srv." + "x" * 140 + ".example.com"
        self.server.stop()
        script = SCRIPT.replace('server_id = "srv.example.com"', f'server_id = "{long_id}"').replace(
            'id = "srv.example.com"\nstrict', f'id = "{long_id}"\nstrict')
        self.server = self.serve(script, once=False, name="long")
        self.configure(self.server, "wbxml")
        self.install_account(self.server.url, server_nonce=NONCE, server_id=long_id)
        path = os.path.join(self.directory, "sms")
        done = self.run_program(program("dm-server"), "notify", "--server-id", long_id, "--password-file", self.secret(),
                                "--nonce-base64", base64.b64encode(NONCE).decode(), "--session-id", "30", "--out", path, "--sms")
        self.assertEqual(done.code, 0, repr(done))
        self.assertFalse(os.path.exists(path + ".3"))
        return path + ".1", path + ".2"

    def test_NOT_082_concatenated_short_messages_in_one_command(self):
        first, second = self.long_one()
        alone = self.client("notify", first, "--json")
        self.assertEqual(alone.code, 1, repr(alone))
        self.assertIn("1 of 2", alone.json()["reason"])
        done = self.client("notify", second, first, "--json")
        self.assertEqual(done.code, 0, repr(done) + self.server.output())
        self.assertEqual(done.json()["session_id"], "30")

    def test_SIP_005_a_body_in_segments_and_a_second_delivery(self):
        self.start()
        entity = b"Content-Type: application/vnd.syncml.notification\r\n\r\n" + self.trigger("31")
        message = (b"MESSAGE sip:device@127.0.0.1 SIP/2.0\r\nv: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK%d\r\nf: <sip:a@b>;tag=1\r\n"
                   b"t: <sip:c@d>\r\ni: 1@b\r\nCSeq: 1 MESSAGE\r\nc: application/vnd.oma.push\r\nl: %d\r\n\r\n")
        host, port = self.sip.split(":")
        for delivery in (1, 2):
            octets = message % (delivery, len(entity)) + entity
            with socket.create_connection((host, int(port)), PATIENCE) as stream:
                stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for start in range(0, len(octets), 23):
                    stream.sendall(octets[start:start + 23])
                    time.sleep(0.002)
                self.assertTrue(stream.recv(4096).startswith(b"SIP/2.0 200 "))
        self.assert_one_session("31")

    def sipp(self, transport, scenario, *options):
        if not shutil.which("sipp"):
            self.skipTest("the program sipp (package sip-tester) is not installed")
        path = os.path.join(self.directory, "scenario.xml")
        with open(path, "w", encoding="utf-8") as out:
            out.write(f'<?xml version="1.0"?>\n<scenario name="push">{scenario}</scenario>\n')
        done = subprocess.run(["sipp", self.sip, "-sf", path, "-m", "1", "-i", "127.0.0.1", "-t", transport, "-nostdin",
                               "-timeout", "30", "-timeout_error", *options], cwd=self.directory, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, 0, done.stdout.decode("utf-8", "replace") + self.said())

    def sipp_body(self, session_id):
        path = os.path.join(self.directory, "body")
        trigger = self.trigger(session_id)
        self.assertIn(b"\0", trigger, "what only a binary body can carry")
        with open(path, "wb") as out:
            out.write(b"Content-Type: application/vnd.syncml.notification\r\n"
                      b"X-Wap-Application-Id: x-wap-application:syncml.dm\r\n\r\n" + trigger)
        return path

    def test_SIP_005_sipp_by_udp(self):
        self.start()
        self.sipp("u1", SIPP_SEND.format(retransmit=' retrans="500"', branch="[branch]", body=self.sipp_body("41")))
        self.assert_one_session("41")

    def test_SIP_005_sipp_by_tcp(self):
        self.start()
        self.sipp("t1", SIPP_SEND.format(retransmit="", branch="[branch]", body=self.sipp_body("42")))
        self.assert_one_session("42")

    def test_SIP_008_sipp_retransmits(self):
        self.start()
        body = self.sipp_body("43")
        self.sipp("u1", 3 * SIPP_SEND.format(retransmit="", branch="z9hG4bK-the-same", body=body),
                  "-nr")  # sends again as the scenario says, not because an answer came twice
        self.assert_one_session("43")

    def test_NOT_040_061_what_is_wrong_is_ignored_by_every_door(self):
        self.start()
        before = self.stored()
        kinds = ["digest", "ascii_nonce", "vendor", "length", "server", "session_id", "version_1_0", "version_1_2", "truncated"]
        for kind in kinds:
            self.notify("51", "--wrong", kind, "--to", self.udp)
            self.notify("51", "--wrong", kind, "--to", self.udp, "--via", "wap")
            self.notify("51", "--wrong", kind, "--to", self.sip, "--via", "sip")
            self.notify("51", "--wrong", kind, "--to", self.sip, "--via", "sip-tcp")
            self.notify("51", "--wrong", kind, "--to", self.http, "--via", "http")
        deadline = time.monotonic() + PATIENCE
        while self.said().count("a notification was ignored") < 5 * len(kinds):
            self.assertLess(time.monotonic(), deadline, self.said())
            time.sleep(0.05)
        self.assertEqual(self.said().count("a notification was ignored"), 5 * len(kinds), "one line each")
        self.assertNotIn(SERVER_PASSWORD, self.said())
        self.assertEqual(self.sessions(self.server), [])
        self.assertEqual(self.stored(), before)

    def test_SIP_009_a_sender_that_is_not_listed_gets_no_answer(self):
        self.start('sip_senders = ["192.0.2.0/24"]\n')
        done = self.run_program(program("dm-server"), "notify", "--server-id", SERVER_ID, "--password-file", self.secret(),
                                "--nonce-base64", base64.b64encode(NONCE).decode(), "--session-id", "61", "--to", self.sip,
                                "--via", "sip-tcp")
        self.assertEqual(done.code, 4, repr(done))
        self.assertEqual(self.sessions(self.server), [])

    def test_NOT_111_a_door_for_others_needs_its_switch(self):
        self.configure(self.server, "wbxml", '[notification]\nhttp = "0.0.0.0:0"\n')
        done = self.client("run")
        self.assertNotEqual(done.code, 0)
        self.assertIn("[notification] http", done.err)

    def test_UI_012_check_config_knows_a_door_that_cannot_be_opened(self):
        for line in ('udp = "localhost:1"', 'sip = "2948"', 'http = "0.0.0.0:0"', 'sip_senders = ["all"]'):
            self.configure(self.server, "wbxml", f"[notification]\n{line}\n")
            done = self.client("check-config")
            self.assertEqual(done.code, 2, repr(done))
            self.assertIn("[notification] " + line.split(" ")[0], done.out + done.err, line)


if __name__ == "__main__":
    main()
