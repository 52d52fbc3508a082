"""Bad answers of a server: a clear line, the right exit code, the tree untouched, no crash."""
from harness import SERVER_ID, Lab, account_script, main

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


def add_cases():
    for name, (fault, codes) in CASES.items():
        for encoding in ("xml", "wbxml"):
            def test(self, fault=fault, codes=codes, encoding=encoding):
                self.run_one(fault, codes, encoding)
            setattr(BadInput, f"test_{name}_{encoding}", test)


add_cases()
if __name__ == "__main__":
    main()
