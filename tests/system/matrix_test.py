"""The same session script in XML and WBXML, with basic, MD5 and HMAC, over HTTP and HTTPS."""
import itertools

from harness import AAUTH, Lab, account_script, main

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


def add_cases():
    for encoding, auth, tls in itertools.product(("xml", "wbxml"), AAUTH, (False, True)):
        def test(self, encoding=encoding, auth=auth, tls=tls):
            self.run_one(encoding, auth, tls)
        setattr(Matrix, f"test_{encoding}_{auth}_{'https' if tls else 'http'}", test)


add_cases()
if __name__ == "__main__":
    main()
