"""One run through every source of an account, each time with a new device and a session with the account it made; and the
wrong documents of every kind from a file and over HTTPS. BOOT-001, BOOT-003, BOOT-002."""
import base64
import os
import shutil

from harness import DOORS, SERVER_ID, DaemonLab, account_script, main, program

IMSI = "001010123456789"
SESSION = """
[[session]]
account = "lab"
[[session.package]]
command = [ { cmd = "Get", uri = "./DevInfo/Man", expect = 200, expect_data = "Example Works" } ]
"""
DOCUMENTS = {"cp+wbxml": "NETWPIN", "cp+xml": "NETWPIN", "dm+wbxml": "NETWORKID", "tnds+wbxml": "NETWORKID", "dm+xml": "",
             "tnds+xml": ""}


class EverySource(DaemonLab):
    def new_device(self):
        self.stop_daemon()
        shutil.rmtree(self.state)
        os.makedirs(self.state)

    def path(self, name, content=None):
        path = os.path.join(self.directory, name)
        if content is not None:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as out:
                out.write(content)
        return path

    def script(self, answer, sec, more=""):
        text = '[server]\nid = "srv.example.com"\n' + account_script(client_nonce="client-nonce-0")
        text += f'[bootstrap]\nanswer = "{answer}"\npath = "/boot"\n' + (f'sec = "{sec}"\nimsi = "{IMSI}"\n' if sec else "")
        return text + more + SESSION

    def document(self, answer, server, *arguments, sec=None):
        """What dm-server makes: a file and its content type."""
        script = self.path("document.toml", self.script(answer, DOCUMENTS[answer] if sec is None else sec).encode())
        out = self.path("document")
        done = self.run_program(program("dm-server"), "bootstrap", "--script", script, "--address", server.url, "--out", out,
                                "--verbose", *arguments)
        self.assertEqual(done.code, 0, repr(done))
        return out, done.err.split("bootstrap: type ")[1].splitlines()[0]

    def server_for(self, name, answer="dm+wbxml"):
        return self.serve(self.script(answer, "", 'status = 200\n'), name=name, options=("--tls-name", "example.test"))

    def settings(self, server, more=""):
        self.configure(server, "wbxml", f"[notification]\n{DOORS}[bootstrap]\nimsi_file = \"{self.path('imsi')}\"\n{more}")

    def session_follows(self, server, by_itself=False):
        if not by_itself:
            done = self.session()
            self.assertEqual(done.code, 0, repr(done) + server.output())
        self.assertEqual(server.wait(), 0, server.output())
        server.stop()

    def done(self, *arguments):
        ended = self.client("bootstrap", *arguments)
        self.assertEqual((ended.code, ended.out), (0, f"account installed: {SERVER_ID}\n"), repr(ended))

    def test_BOOT_001_BOOT_003_each_source_and_then_a_session(self):
        self.path("imsi", IMSI.encode())
        for answer in DOCUMENTS:
            with self.subTest(source="file", answer=answer):
                self.new_device()
                server = self.server_for("file-" + answer)
                self.settings(server)
                file, content_type = self.document(answer, server)
                self.done("file", file, "--content-type", content_type)
                self.session_follows(server)
        types = ", ".join(f'"{name}"' for name in ("application/vnd.syncml.dm+wbxml", "application/vnd.syncml.dmtnds+xml",
                                                   "application/vnd.wap.connectivity-wbxml"))
        for answer in ("dm+wbxml", "tnds+xml", "cp+wbxml"):
            with self.subTest(source="https", answer=answer):
                self.new_device()
                server = self.server_for("https-" + answer, answer)
                self.settings(server, f"accept_types = [{types}]\nurl = \"{server.url.replace('/dm', '/boot')}\"\n")
                self.done("https")
                self.session_follows(server)
        with self.subTest(source="https, named"):
            self.new_device()
            server = self.server_for("named")
            self.settings(server)
            self.done("https", server.url.replace("/dm", "/boot"))
            self.session_follows(server)
        with self.subTest(source="smart card"):
            self.new_device()
            server = self.server_for("card")
            self.settings(server)
            file, _ = self.document("dm+wbxml", server, sec="")
            self.path("card/2FE2", bytes.fromhex("98101430121181157002"))
            self.path("card/7F50/5031", bytes.fromhex("A706300404026430"))
            self.path("card/7F50/6430", bytes.fromhex("3020300E0C0C444D20426F6F74737472617030060604672B0701A106300404026431"))
            shutil.copy(file, self.path("card/7F50/6431"))
            self.done("smartcard", self.path("card"))
            self.session_follows(server)
        with self.subTest(source="factory"):
            self.new_device()
            server = self.server_for("factory")
            file, _ = self.document("tnds+xml", server)
            self.settings(server, f'factory = "{file}"\n')
            self.done("factory")
            self.session_follows(server)
        for via in ("wap", "sip", "sip-tcp", "http"):
            with self.subTest(source="push", via=via):
                self.new_device()
                server = self.server_for("push-" + via)
                self.settings(server)
                self.start_daemon()
                door = {"wap": self.udp, "http": "http://" + self.http}.get(via, self.sip)
                script = self.path("document.toml", self.script("dm+wbxml", "NETWORKID").encode())
                done = self.run_program(program("dm-server"), "bootstrap", "--script", script, "--address", server.url, "--via",
                                        via, "--to", door)
                self.assertEqual(done.code, 0, repr(done))
                self.session_follows(server, by_itself=True)

    def refused(self, code, *arguments):
        before = self.stored()
        done = self.client("bootstrap", *arguments)
        self.assertEqual((done.code, done.out, len(done.err.strip().splitlines())), (code, "", 1), repr(done))
        self.assertEqual(self.stored(), before, repr(done))
        self.assertNotIn(IMSI, done.err)

    def test_BOOT_002_BOOT_049_wrong_documents_of_every_kind(self):
        """From a file: each profile in each encoding, forged, cut short, under another type, and under no secret at all."""
        self.path("imsi", IMSI.encode())
        server = self.server_for("unused")
        self.configure(server, "wbxml", f"[bootstrap]\nmax_forged = 1000\nimsi_file = \"{self.path('imsi')}\"\n")
        self.install_account("https://first.example/", server_id="first.example")
        for answer, sec in DOCUMENTS.items():
            for wrong, code in (("mac", 3), ("short_mac", 3), ("no_mac", 3), ("sec", 3), ("octet", 3), ("truncated", 3),
                                ("type", 1)):
                if not sec and wrong not in ("truncated", "type"):
                    continue
                with self.subTest(answer=answer, wrong=wrong):
                    file, content_type = self.document(answer, server, "--wrong", wrong)
                    if not sec and wrong == "type":
                        content_type = "application/vnd.wap.connectivity-wbxml"
                    self.refused(code if sec else 1, "file", file, "--content-type", content_type)
            with self.subTest(answer=answer, wrong="xml with a MAC or another secret"):
                file, content_type = self.document(answer, server, sec=sec or "NETWORKID")
                self.path("imsi", b"001010999999999")
                self.refused(3 if sec else 1, "file", file, "--content-type", content_type)
                self.path("imsi", IMSI.encode())
        self.assertEqual(server.messages("in"), [])

    def test_BOOT_089_forged_answers_over_https(self):
        self.path("imsi", b"001010999999999")
        for answer, sec in DOCUMENTS.items():
            if not sec:
                continue
            with self.subTest(answer=answer):
                server = self.serve(self.script(answer, sec), name="forged-" + answer)
                types = ", ".join(f'"{name}"' for name in (
                    "application/vnd.syncml.dm+wbxml", "application/vnd.syncml.dmtnds+wbxml",
                    "application/vnd.wap.connectivity-wbxml", "text/vnd.wap.connectivity-xml"))
                self.settings(server, f"accept_types = [{types}]\n")
                self.client("status")
                self.refused(3, "https", server.url.replace("/dm", "/boot"))
                self.assertEqual(base64.b64encode(IMSI.encode()) in server.output().encode(), False)
                server.stop()


if __name__ == "__main__":
    main()
