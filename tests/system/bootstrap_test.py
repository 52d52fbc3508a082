"""Each way to an account, and a session with the account it made; documents that are wrong leave everything as it was."""
import hashlib
import hmac
import os

from harness import (CLIENT_PASSWORD, CLIENT_USER, SERVER_ID, SERVER_PASSWORD, Lab, account_document, account_script, main,
                     program)

IMSI = "001010123456789"
PIN = "1234"
IMSI_KEY = bytes.fromhex("0910101032547698")
SESSION = """
[[session]]
account = "lab"
[[session.package]]
command = [ { cmd = "Get", uri = "./DevInfo/Man", expect = 200, expect_data = "Example Works" } ]
"""


def text(value):
    return b"\x03" + value.encode() + b"\x00"


def parm(token, value):
    return b"\x87" + bytes([token]) + b"\x06" + value + b"\x01"


def characteristic(token, content):
    return b"\xc6" + bytes([token]) + b"\x01" + content + b"\x01"


def provisioning_wbxml(address):
    """An OMA Client Provisioning document for the lab's account: all on attribute page 1."""
    import base64
    nonce = base64.b64encode(b"server-nonce-0").decode()
    auths = characteristic(0x57, parm(0x30, b"\x8d") + parm(0x33, b"\x93") + parm(0x31, text(CLIENT_USER))
                           + parm(0x32, text(CLIENT_PASSWORD)))
    auths += characteristic(0x57, parm(0x30, text("CLIENT")) + parm(0x33, b"\x93") + parm(0x31, text(SERVER_ID))
                            + parm(0x32, text(SERVER_PASSWORD)) + parm(0x2F, text(nonce)))
    application = (parm(0x36, text("w7")) + parm(0x38, text(SERVER_ID)) + parm(0x07, text("Lab"))
                   + characteristic(0x56, parm(0x34, text(address))) + auths)
    body = b"\xc6\x00\x01\x55\x01" + application + b"\x01"
    return b"\x03\x0b\x6a\x00\xc5\x46\x01" + body + b"\x01"


def provisioning_xml(address):
    def p(name, value):
        return f'<parm name="{name}" value="{value}"/>'

    def c(kind, *content):
        return f'<characteristic type="{kind}">{"".join(content)}</characteristic>'

    import base64
    nonce = base64.b64encode(b"server-nonce-0").decode()
    return ('<?xml version="1.0"?><wap-provisioningdoc version="1.0">'
            + c("APPLICATION", p("APPID", "w7"), p("PROVIDER-ID", SERVER_ID), p("NAME", "Lab"), c("APPADDR", p("ADDR", address)),
                c("APPAUTH", p("AAUTHLEVEL", "APPSRV"), p("AAUTHTYPE", "DIGEST"), p("AAUTHNAME", CLIENT_USER),
                  p("AAUTHSECRET", CLIENT_PASSWORD)),
                c("APPAUTH", p("AAUTHLEVEL", "CLIENT"), p("AAUTHTYPE", "DIGEST"), p("AAUTHNAME", SERVER_ID),
                  p("AAUTHSECRET", SERVER_PASSWORD), p("AAUTHDATA", nonce)))
            + "</wap-provisioningdoc>").encode()


def mac(key, document):
    return hmac.new(key, document, hashlib.sha1).hexdigest()


def pin_mac(key, document):
    """What the user types for USERPINMAC."""
    digest = hmac.new(key.encode(), document, hashlib.sha1).digest()
    return key + "".join(str(octet % 10) for octet in digest[:len(key)])


class BootstrapLab(Lab):
    def file(self, name, content):
        path = os.path.join(self.directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(content if isinstance(content, bytes) else content.encode())
        return path

    def device_and_server(self, extra=""):
        server = self.serve('[server]\nid = "srv.example.com"\n' + account_script() + SESSION, tls=False)
        imsi = self.file("imsi", IMSI + "\n")
        self.configure(server, "wbxml", f'[security]\nallow_http = true\n[bootstrap]\nimsi_file = "{imsi}"\n' + extra)
        return server

    def bootstrap(self, *arguments, code=0):
        done = self.client("bootstrap", *arguments)
        self.assertEqual(done.code, code, repr(done))
        self.assertNotIn(PIN, done.out + done.err.replace(self.directory, ""))
        return done

    def session_works(self, server):
        done = self.session()
        self.assertEqual(done.code, 0, repr(done) + server.output())
        self.assertEqual(server.wait(), 0, server.output())

    def refused(self, code, *arguments):
        """Exit `code`, one line of why, not an octet of the tree changed."""
        before = self.stored()
        done = self.bootstrap(*arguments, code=code)
        self.assertEqual(self.stored(), before)
        self.assertEqual(done.out, "")
        self.assertEqual(len(done.err.strip().splitlines()), 1, done.err)
        self.assertTrue(done.err.startswith("dm-client: bootstrap: "), done.err)


class EveryWay(BootstrapLab):
    def test_BOOT_013_client_provisioning_in_xml(self):
        server = self.device_and_server()
        self.bootstrap("file", self.file("cp.xml", provisioning_xml(server.url)))
        self.session_works(server)

    def test_BOOT_013_client_provisioning_in_wbxml(self):
        server = self.device_and_server()
        self.bootstrap("file", self.file("cp", provisioning_wbxml(server.url)), "--content-type",
                       "application/vnd.wap.connectivity-wbxml")
        self.assertEqual(self.value("./DMAcc/1/ServerID"), SERVER_ID)
        self.session_works(server)

    def test_SEC_168_netwpin(self):
        server = self.device_and_server()
        document = provisioning_wbxml(server.url)
        self.bootstrap("file", self.file("cp", document), "--sec", "NETWPIN", "--mac", mac(IMSI_KEY, document))
        self.session_works(server)

    def test_SEC_168_userpin(self):
        server = self.device_and_server()
        document = provisioning_wbxml(server.url)
        self.bootstrap("file", self.file("cp", document), "--sec", "USERPIN", "--mac", mac(PIN.encode(), document).upper(),
                       "--pin-file", self.file("pin", PIN + "\n"))
        self.session_works(server)

    def test_SEC_168_usernetwpin(self):
        server = self.device_and_server()
        document = provisioning_wbxml(server.url)
        self.bootstrap("file", self.file("cp", document), "--sec", "USERNETWPIN",
                       "--mac", mac(IMSI_KEY + PIN.encode(), document), "--pin-file", self.file("pin", PIN))
        self.session_works(server)

    def test_BOOT_031_userpinmac(self):
        server = self.device_and_server()
        document = provisioning_wbxml(server.url)
        self.bootstrap("file", self.file("cp", document), "--sec", "USERPINMAC",
                       "--pin-file", self.file("pin", pin_mac("31415", document)))
        self.session_works(server)

    def test_BOOT_004_BOOT_033_the_user_is_asked_for_the_pin_and_may_try_again(self):
        """The first answer is wrong, the second right; there is no other question."""
        answers = self.file("answers", f"9999\n{PIN}\n")
        asked = os.path.join(self.directory, "asked")
        program = self.file("ask.sh", f'#!/bin/sh\necho "$1 $OMADM_HIDDEN" >> "{asked}"\n'
                                      f'sed -n "$(wc -l < "{asked}")p" "{answers}"\n')
        os.chmod(program, 0o755)
        server = self.device_and_server(f'[ui]\ncommand = ["{program}"]\n')
        document = provisioning_wbxml(server.url)
        self.bootstrap("file", self.file("cp", document), "--sec", "USERPIN", "--mac", mac(PIN.encode(), document))
        with open(asked, encoding="ascii") as lines:
            questions = lines.read().splitlines()
        self.assertEqual(len(questions), 2, questions)
        self.assertTrue(all(question.endswith(" 1") for question in questions), questions)
        self.session_works(server)

    def card(self, document, iccid="98101430121181157002", consent=""):
        """The files of a smart card."""
        label = bytes.fromhex("0C0C444D20426F6F747374726170" + consent)
        rest = bytes.fromhex("30060604672B0701A106300404026431")
        content = b"\x30" + bytes([len(label)]) + label + rest
        self.file("card/2FE2", bytes.fromhex(iccid))
        self.file("card/7F50/5031", bytes.fromhex("A706300404026430FFFF"))
        self.file("card/7F50/6430", b"\x30" + bytes([len(content)]) + content + b"\xff" * 9)
        self.file("card/7F50/6431", document + b"\xff" * 50)
        return os.path.join(self.directory, "card")

    def test_BOOT_070_smart_card(self):
        server = self.device_and_server()
        self.bootstrap("smartcard", self.card(provisioning_wbxml(server.url)))
        self.session_works(server)

    def test_BOOT_071_BOOT_072_BOOT_074_the_card_is_changed(self):
        server = self.device_and_server()
        card = self.card(provisioning_wbxml(server.url))
        self.bootstrap("smartcard", card)
        self.install_account("https://other.example/", server_id="other.example", name="kept")
        # The same card again: nothing is done, so that nothing the server changed is undone.
        before = self.stored()
        self.bootstrap("smartcard", card)
        self.assertEqual(self.stored(), before)
        # Another card, without bootstrap: its predecessor's account goes, that from elsewhere stays (BOOT-064).
        self.file("card/2FE2", bytes.fromhex("98101430121181157012"))
        os.remove(os.path.join(card, "7F50/5031"))
        self.bootstrap("smartcard", card, code=4)
        self.assertIsNone(self.value("./DMAcc/1/ServerID"))
        self.assertEqual(self.value("./DMAcc/kept/ServerID"), "other.example")

    def test_MCPTT_014_MCPTT_015_a_card_for_the_local_link(self):
        """Its account stands behind the one that is there, which stays as it is; it goes with the card."""
        server = self.device_and_server()
        self.install_account("https://online.example/", server_id="online.example", name="online")
        before = self.tree("./DMAcc/online")
        card = self.card(provisioning_wbxml(server.url))
        self.bootstrap("smartcard", card, "--offline")
        self.assertEqual(self.tree("./DMAcc/online"), before)
        self.session_works(server)
        self.file("card/2FE2", bytes.fromhex("98101430121181157012"))
        os.remove(os.path.join(card, "7F50/5031"))
        self.bootstrap("smartcard", card, code=4)
        self.assertEqual([account["server"] for account in self.client("status", "--json").json()["accounts"]],
                         ["online.example"])

    def test_BOOT_073_a_policy_closes_that_way(self):
        server = self.device_and_server('accept = ["file"]\n')
        card = self.card(provisioning_wbxml(server.url))
        self.install_account(server.url)
        self.refused(1, "smartcard", card)

    def test_BOOT_077_RD_030_cards_that_give_nothing(self):
        server = self.device_and_server()
        self.install_account(server.url)
        document = provisioning_wbxml(server.url)
        before = self.stored()
        for card in (self.card(document[:100]), self.card(document, consent="020101"), self.card(b"")):
            done = self.client("bootstrap", "smartcard", card)
            self.assertNotEqual(done.code, 0, repr(done))
            self.assertEqual(self.stored(), before)
        self.refused(4, "smartcard", os.path.join(self.directory, "card", "none"))

    def test_BOOT_064_the_factory_account(self):
        server = self.serve('[server]\nid = "srv.example.com"\n' + account_script() + SESSION, tls=False)
        factory = self.file("factory.xml", provisioning_xml(server.url))
        self.configure(server, "wbxml", f'[security]\nallow_http = true\n[bootstrap]\nfactory = "{factory}"\n')
        # A message that is proved by a PIN alone does not take it over (BOOT-061).
        forged = provisioning_wbxml("https://elsewhere.example/")
        self.client("status")
        self.refused(1, "file", self.file("cp", forged), "--sec", "USERPIN", "--mac", mac(PIN.encode(), forged),
                     "--pin-file", self.file("pin", PIN))
        self.assertEqual(self.value("./DMAcc/1/AppAddr/1/Addr"), server.url)
        # Lost and restored.
        self.bootstrap("file", self.file("cp", forged))
        self.assertEqual(self.value("./DMAcc/1/AppAddr/1/Addr"), "https://elsewhere.example/")
        self.bootstrap("factory")
        self.session_works(server)


class WrongDocuments(BootstrapLab):
    def test_BOOT_002_BOOT_042_nothing_is_installed_and_nothing_answered(self):
        server = self.device_and_server()
        self.install_account(server.url, server_id="first.example")
        document = provisioning_wbxml(server.url)
        good = self.file("good", document)
        forged = self.file("forged", document.replace(b"127.0.0.1", b"127.0.0.9"))
        pin = self.file("pin", PIN)
        right = mac(PIN.encode(), document)
        cp = ("--content-type", "application/vnd.wap.connectivity-wbxml")
        for arguments in ((forged, "--sec", "USERPIN", "--mac", right, "--pin-file", pin),
                          (good, "--sec", "USERPIN", "--mac", right, "--pin-file", self.file("no", "4321")),
                          (good, "--sec", "USERPIN", "--mac", right),
                          (good, "--sec", "USERPIN", "--mac", right[:39], "--pin-file", pin),
                          (good, "--sec", "NETWPIN", "--mac", right),
                          (good, "--sec", "USERPIN", "--pin-file", pin),
                          (good, "--sec", "USERPINMAC", "--pin-file", self.file("pm", "3141500000")),
                          (good, "--sec", "USERPINMAC", "--pin-file", pin),
                          (good, "--content-type", cp[1] + "; SEC=7; MAC=" + right, "--pin-file", pin)):
            self.refused(3, "file", *arguments)
        for name, content, more in (("cut", document[:-9], ()), ("tail", document + b"x", ()), ("empty", b"", ()),
                                    ("id", b"\x03\x0a" + document[2:], ()), ("id2", b"\x03\x0a" + document[2:], cp),
                                    ("noaccount", b"\x03\x0b\x6a\x00\x45\x01", ()), ("xml", b"<wap-provisioningdoc>", ()),
                                    ("html", b"<html/>", ()), ("as", provisioning_xml(server.url), cp)):
            self.refused(1, "file", self.file(name, content), *more)
        xml = account_document(server.url).encode()
        self.refused(1, "file", self.file("tnds", xml), "--sec", "USERPIN", "--mac", mac(PIN.encode(), xml), "--pin-file", pin)
        self.assertEqual(server.messages("in"), [])


class OtherPrograms(BootstrapLab):
    def test_BOOT_010_dm_trace_knows_them(self):
        document = provisioning_wbxml("https://dm.example/")
        for name, content, more in (("cp", document, ()), ("cp.xml", provisioning_xml("https://dm.example/"), ()),
                                    ("cp2", document, ("--engine", "libwbxml"))):
            done = self.run_program(program("dm-trace"), "decode", self.file(name, content), *more)
            self.assertEqual(done.code, 0, repr(done))
            for part in ("OMA Client Provisioning document", "APPADDR/ADDR: https://dm.example/", "APPID: w7",
                         "AAUTHLEVEL: CLIENT", "AAUTHSECRET: (hidden, 8 octets)"):
                self.assertIn(part, done.out, name)

    def test_BOOT_013_dm_server_hands_them_out(self):
        """With a MAC, to the client that asked over HTTPS."""
        for answer, sec in (("cp+wbxml", f'sec = "NETWPIN"\nimsi = "{IMSI}"\n'), ("cp+xml", "")):
            server = self.serve('[server]\nid = "srv.example.com"\n' + account_script()
                                + f'[bootstrap]\nanswer = "{answer}"\n{sec}' + SESSION, name=answer)
            types = '["application/vnd.wap.connectivity-wbxml", "text/vnd.wap.connectivity-xml"]'
            imsi = self.file("imsi", IMSI)
            url = server.url.replace("/dm", "/bootstrap")
            self.configure(server, "wbxml",
                           f'[bootstrap]\nimsi_file = "{imsi}"\naccept_types = {types}\nurl = "{url}"\n')
            self.bootstrap("https")
            self.session_works(server)


class OverHttps(BootstrapLab):
    def test_BOOT_088_without_any_url_the_card_is_asked(self):
        self.configure()
        done = self.client("--verbose", "bootstrap", "https")
        self.assertEqual(done.code, 4, repr(done))
        asked = [line.split("asking ")[1].split(" for ")[0] for line in done.err.splitlines() if "asking " in line]
        self.assertEqual(asked, [f"https://{server}/OMA/DM/Bootstrap.xml"
                                 for server in ("127.0.0.1:4116", "[::1]:4116", "localuicc:443")])
        self.assertIn("no bootstrap URL is known", done.err)

    def test_BOOT_091_passphrase_and_document_are_in_no_log(self):
        server = self.serve('[server]\nid = "srv.example.com"\n' + account_script()
                            + '[bootstrap]\nusername = "alice"\npassphrase = "wonder-1"\n' + SESSION)
        url = server.url.replace("/dm", "/bootstrap")
        self.configure(server, "wbxml", f'[bootstrap]\nurl = "{url}"\nusername = "alice"\npassphrase = "wonder-1"\n')
        done = self.client("--verbose", "bootstrap", "https")  # run_program looks for the account's secrets
        self.assertEqual(done.code, 0, repr(done))
        for hidden in ("wonder-1", "d29uZGVyLTE=", "AAuthSecret", "MgmtTree"):
            self.assertNotIn(hidden, done.out + done.err)
        self.session_works(server)


if __name__ == "__main__":
    main()
