"""Each way to authenticate, through the real programs: TLS certificates, HTTP basic and digest, and refusals of them."""
import os
import re

from harness import SERVER_ID, Lab, _leaf, _node, account_document, account_script, main

WEB_PASSWORD = "Web-Secret-0042"
SESSION = ('[[session]]\naccount = "lab"\nends = "%s"\n[[session.package]]\n'
           'command = [ { cmd = "Get", uri = "./DevInfo/Man", expect = 200, expect_data = "Example Works" } ]\n')


class Authentication(Lab):
    def account(self, address, *auths):
        """Installs an account whose AppAuth holds `auths`: level, type, name, secret."""
        entries = [_node(str(i + 1), _leaf("AAuthLevel", level), _leaf("AAuthType", kind), _leaf("AAuthName", name),
                         _leaf("AAuthSecret", secret)) for i, (level, kind, name, secret) in enumerate(auths)]
        text = account_document(address, client_auth="", server_auth="")
        parts = _node("AppAuth", *entries)
        text = re.sub(r"<Node><NodeName>AppAuth</NodeName>.*(?=</Node></MgmtTree>)", lambda _: parts, text)
        path = os.path.join(self.directory, "account.xml")
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        done = self.client("bootstrap", "file", path)
        self.assertEqual(done.code, 0, repr(done))

    def script(self, server="", ends="completed"):
        return f'[server]\nid = "{SERVER_ID}"\n{server}' + account_script("none", "none") + SESSION % ends

    def web(self, kind):
        return f'http_auth = "{kind}"\nhttp_user = "web"\nhttp_password = "{WEB_PASSWORD}"\n'

    def run_web(self, asked, given, password=WEB_PASSWORD, tls=True, extra=""):
        server = self.serve(self.script(self.web(asked)), tls=tls, once=False)
        self.configure(server, "wbxml", extra)
        self.account(server.url, ("HTTP", given, "web", password))
        done = self.session("--json")
        self.assertNotIn(WEB_PASSWORD, done.out + done.err)
        return done, server

    def test_MO_033_http_basic(self):
        done, server = self.run_web("basic", "HTTP-BASIC")
        self.assertEqual(done.code, 0, repr(done) + server.output())

    def test_MO_033_http_digest(self):
        done, server = self.run_web("digest", "HTTP-DIGEST")
        self.assertEqual(done.code, 0, repr(done) + server.output())

    def test_SEC_068_basic_is_not_given_where_digest_is_configured(self):
        done, server = self.run_web("basic", "HTTP-DIGEST")
        self.assertEqual(done.code, 3, repr(done) + server.output())

    def test_PRO_435_a_wrong_http_password_is_an_authentication_failure(self):
        for kind in ("basic", "digest"):
            done, server = self.run_web(kind, "HTTP-" + kind.upper(), "wrong")
            self.assertEqual(done.code, 3, repr(done) + server.output())

    def certificate(self, tls=""):
        server = self.serve(self.script(), once=False, options=("--client-cert-out", os.path.join(self.directory, "client.pem")))
        self.configure(server, "wbxml")
        with open(self.config, encoding="utf-8") as text:
            config = text.read()
        with open(self.config, "w", encoding="utf-8") as out:
            out.write(config.replace("[tls]\n", "[tls]\n" + tls))
        self.account(server.url, ("CLCRED", "TRANSPORT", "", ""), ("SRVCRED", "TRANSPORT", "", ""))
        return self.session("--json"), server

    def test_SEC_001_SEC_123_both_sides_by_certificate(self):
        pem = os.path.join(self.directory, "client.pem")
        done, server = self.certificate(f'client_cert = "{pem}"\n')
        self.assertEqual(done.code, 0, repr(done) + server.output())
        self.assertEqual(done.json()["server_auth"], "transport")

    def test_SEC_123_without_a_certificate_nothing_is_said(self):
        done, server = self.certificate()
        self.assertEqual(done.code, 3, repr(done) + server.output())
        self.assertIn("client_cert", done.err)
        self.assertEqual(server.messages("in"), [])

    def test_SEC_123_the_certificate_of_another_authority_is_refused(self):
        stranger = self.serve(self.script(), once=False, name="stranger",
                              options=("--client-cert-out", os.path.join(self.directory, "stranger.pem")))
        self.assertTrue(stranger.port)
        pem = os.path.join(self.directory, "stranger.pem")
        done, server = self.certificate(f'client_cert = "{pem}"\n')
        self.assertEqual(done.code, 4, repr(done) + server.output())
        self.assertEqual(server.messages("in"), [])


if __name__ == "__main__":
    main()
