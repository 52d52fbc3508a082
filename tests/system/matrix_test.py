"""The same session script in XML and WBXML, with basic, MD5 and HMAC, over HTTP and HTTPS; what is recorded of one."""
import base64
import itertools
import json
import os

from harness import AAUTH, Lab, account_document, account_script, main

SESSION = """
[[session]]
account = "lab"
expect_alert = "1201"
[session.expect_devinfo]
DevId = "IMEI:493005100592800"
[[session.package]]
command = [
  { cmd = "Get", uri = "./DevInfo/Man", expect = 200, expect_data = "Example Works" },
  { cmd = "Add", uri = "./Lab", format = "node", expect = 200 },
  { cmd = "Replace", uri = "./Lab?prop=ACL", data = "Add=*&Get=*&Replace=*&Delete=*&Exec=*", expect = 200 },
  { cmd = "Add", uri = "./Lab/a", data = "1", expect = 200 },
  { cmd = "Add", uri = "./Lab/a", data = "2", expect = 418 },
  { cmd = "Replace", uri = "./Lab/a", data = "3 < 4 & 5", expect = 200 },
  { cmd = "Add", uri = "./Lab/bin", format = "bin", data_base64 = "AAEC/f7/", expect = 200 },
  { cmd = "Get", uri = "./Lab/a", expect = 200, expect_data = "3 < 4 & 5" },
  { cmd = "Copy", uri = "./Lab/b", source = "./Lab/a", expect = 200 },
  { cmd = "Get", uri = "./Nowhere", expect = 404 },
  { cmd = "Replace", uri = "./DevInfo/Man", data = "x", expect = 405 },
]
[[session.package]]
command = [
  { cmd = "Atomic", expect = 507, command = [
    { cmd = "Add", uri = "./Lab/x", data = "1", expect = 216 },
    { cmd = "Replace", uri = "./Lab/none", data = "1", expect = 404 },
    { cmd = "Delete", uri = "./Lab/a", expect = 215 },
  ] },
  { cmd = "Sequence", expect = 200, command = [
    { cmd = "Add", uri = "./Lab/s", data = "one", expect = 200 },
    { cmd = "Replace", uri = "./Lab/s", data = "two", expect = 200 },
    { cmd = "Get", uri = "./Lab/s", expect = 200, expect_data = "two" },
  ] },
  { cmd = "Delete", uri = "./Lab/b", expect = 200 },
  { cmd = "Exec", uri = "./Lab/a", expect = [405, 406] },
  { cmd = "Alert", code = "1100", items = ["", "Hello"], expect = 406 },
]
[[session.package]]
command = [
  { cmd = "Add", uri = "./Lab/large", data = "%s", chunk = 700, expect = 200 },
]
[[session.package]]
command = [ { cmd = "Get", uri = "./Lab", expect = 200, expect_children = ["a", "bin", "large", "s"] } ]
""" % ("0123456789" * 300)


class Matrix(Lab):
    def run_one(self, encoding, auth, tls):
        script = f'[server]\nid = "srv.example.com"\nencoding = "as client"\nmax_msg_size = 4000\n'
        script += account_script(auth, auth) + SESSION
        server = self.serve(script, tls=tls)
        extra = "[security]\n" + ("" if tls else "allow_http = true\n") + ("allow_basic = true\n" if auth == "basic" else "")
        self.configure(server, encoding, extra)
        self.install_account(server.url, client_auth=auth, server_auth=auth)
        done = self.session("--json")
        self.assertEqual(done.code, 0, repr(done) + server.output())
        self.assertEqual(server.wait(), 0, server.output())
        report = done.json()
        self.assertEqual(report["result"], "completed")
        self.assertEqual(report["client_auth"], auth)
        self.assertEqual(report["server_auth"], auth)
        self.assertEqual(report["exit"], 0)
        self.assertEqual(self.value("./Lab/a"), "3 < 4 & 5")
        self.assertEqual(self.value("./Lab/s"), "two")
        self.assertEqual(self.value("./Lab/large"), "0123456789" * 300)
        self.assertIsNone(self.value("./Lab/x"))
        self.assertEqual(self.tree_cli("store", "check").code, 0)


class Challenges(Lab):
    """A strict server whose own messages are refused at first: with new credentials it goes on where it was."""

    def run_one(self, auth, **account):
        script = '[server]\nid = "srv.example.com"\nmax_msg_size = 4000\nstrict = true\n' + account_script(auth, auth, **account)
        server = self.serve(script + SESSION)
        self.configure(server, "wbxml", '[security]\nallow_basic = true\n')
        self.install_account(server.url, client_auth=auth, server_auth=auth)
        done = self.session()
        self.assertEqual(done.code, 0, repr(done) + server.output())
        self.assertEqual(server.wait(), 0, server.output())
        self.assertRegex(server.output(), r"< 40[17] SyncHdr, challenge ")
        self.assertEqual(self.value("./Lab/s"), "two")

    def test_SEC_063_basic_without_credentials(self):
        self.run_one("basic", wait_for_challenge=True)

    def test_SEC_063_md5_without_credentials(self):
        self.run_one("md5", wait_for_challenge=True)

    def test_SEC_065_md5_with_another_nonce(self):
        self.run_one("md5", server_nonce=b"some other nonce")

    def test_SEC_070_mac_with_another_nonce(self):
        self.run_one("mac", server_nonce=b"some other nonce")


class Records(Lab):
    SECRETS = ("Chunked-Pass&word-77", "Q2h1bmtlZC1Ob25jZQ==")

    def recorded(self, encoding, commands):
        """The octets of all recorded messages, of a session in which the server sends `commands`."""
        script = (f'[server]\nid = "srv.example.com"\nencoding = "{encoding}"\nstrict = false\n' + account_script() +
                  f'[[session]]\naccount = "lab"\nends = "any"\n[[session.package]]\ncommand = [\n{commands}]\n')
        server = self.serve(script, name=f"server-{encoding}-{len(self.servers)}")
        self.configure(server, encoding)
        self.install_account(server.url)
        self.assertEqual(self.session().code, 0, server.output())
        server.wait()
        octets = b""
        with open(os.path.join(server.record, "index.jsonl"), encoding="utf-8") as index:
            for line in index:
                told = json.loads(line)
                with open(os.path.join(server.record, told["file"]), "rb") as message:
                    body = message.read()
                self.assertEqual(len(body), told["octets"], "lengths are kept")
                octets += body
        return octets

    def test_UI_006_no_secret_in_a_record(self):
        document = account_document("https://h/", name="chunky", client_password=self.SECRETS[0], server_password=self.SECRETS[0],
                                    server_nonce=base64.b64decode(self.SECRETS[1]))
        subtree = f'uri = "./DMAcc", type = "application/vnd.syncml.dmtnds+xml", data = {json.dumps(document)}'
        plain = '{ cmd = "Add", uri = "./Plain", data = "plain-to-see" },\n'
        forms = {"whole": f'{{ cmd = "Add", {subtree}, format = "xml" }},', "in Base64": f'{{ cmd = "Add", {subtree}, format = "b64" }},',
                 "of no type": f'{{ cmd = "Add", uri = "./X", data = {json.dumps(document)} }},',
                 "leaf": f'{{ cmd = "Add", uri = "./DMAcc/a/AppAuth/1/AAuthSecret", data = "{self.SECRETS[0]}" }},',
                 "leaf in pieces": f'{{ cmd = "Add", uri = "./DMAcc/a/AppAuth/1/AAuthSecret", data = "{self.SECRETS[0]}", chunk = 7 }},',
                 "leaf in tiny pieces": f'{{ cmd = "Add", uri = "./DMAcc/a/AppAuth/1/AAuthSecret", data = "{self.SECRETS[0]}", chunk = 2 }},'}
        for chunk in (33, 700):
            forms[f"in pieces of {chunk}"] = f'{{ cmd = "Add", {subtree}, format = "xml", chunk = {chunk} }},'
        for encoding, (name, command) in itertools.product(("xml", "wbxml"), forms.items()):
            with self.subTest(f"{name}, {encoding}"):
                octets = self.recorded(encoding, plain + command)
                self.assertIn(b"plain-to-see", octets)
                for secret in self.SECRETS:
                    for at in range(len(secret) - 5):
                        piece = secret[at:at + 6].encode()
                        self.assertNotIn(piece, octets)
                        for shift in range(3):  # wherever it stands in Base64
                            aligned = base64.b64encode(b"\0" * shift + secret.encode())[4 if shift else 0:16]
                            self.assertNotIn(aligned, octets)


def add_cases():
    for encoding, auth, tls in itertools.product(("xml", "wbxml"), AAUTH, (False, True)):
        def test(self, encoding=encoding, auth=auth, tls=tls):
            self.run_one(encoding, auth, tls)
        setattr(Matrix, f"test_{encoding}_{auth}_{'https' if tls else 'http'}", test)


add_cases()
if __name__ == "__main__":
    main()
