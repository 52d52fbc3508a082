"""Faults of a server at every step of a session: it recovers or ends as the rules say, nothing is executed twice, the
tree is whole, and the next session works.

The table below is read so: a fault strikes while the server's package 1, 2 or 3 is on its way. Every package replaces a
leaf of its own, whose VerNo counts how often that was done, and adds one. The client repeats a message once."""
import shutil
import tempfile

from harness import SANITIZED, Lab, account_script, main

STEPS = (1, 2, 3)
ENDS = {"recovers": 0, "is refused": 3, "breaks": 1, "loses": 4}

# fault: what becomes of a session it strikes once, and of one it strikes for good
FAULTS = {
    "dropped_before": ('kind = "drop_request"', "recovers", "loses"),
    "dropped_during": ('kind = "drop_connection"', "recovers", "loses"),
    "dropped_after": ('kind = "drop_connection", octets = 1', "recovers", "loses"),
    "half_closed": ('kind = "half_close"', "recovers", None),
    "truncated": ('kind = "truncated_body"', "recovers", "loses"),
    "http_500": ('kind = "http_status", status = 500', "recovers", "loses"),
    "http_503_later": ('kind = "http_status", status = 503, retry_after = 0', "recovers", "loses"),
    "http_404": ('kind = "http_status", status = 404', "loses", "loses"),
    "wrong_content_type": ('kind = "wrong_content_type"', "loses", "loses"),
    "slow_trickle": ('kind = "slow_body", delay_ms = 3', "recovers", "recovers"),
    "wrong_mac": ('kind = "wrong_mac"', "recovers", "is refused"),
    "stale_nonce": ('kind = "stale_nonce"', "recovers", "recovers"),  # the one before is good once more (SEC-095)
    "no_credentials": ('kind = "no_credentials"', "recovers", "is refused"),
    "garbled": ('kind = "garbage"', "breaks", "breaks"),
    "duplicated": ('kind = "duplicate_message"', "recovers", None),
    "of_another_session": ('kind = "wrong_session_id"', "breaks", "breaks"),
}
# The transport does not know what it carries: one encoding will do.
OF_TRANSPORT = ("dropped", "half", "http", "slow")


def session(fault, step):
    text = '[[session]]\naccount = "lab"\nends = "any"\nsilence_ms = 300\n'
    for package in STEPS:
        text += "[[session.package]]\n" + (f"fault = [ {{ {fault} }} ]\n" if package == step else "")
        text += (f'command = [ {{ cmd = "Replace", uri = "./Lab/c{package}", data = "new" }}, '
                 f'{{ cmd = "Add", uri = "./Lab/n{package}", data = "1" }} ]\n')
    return text


CLEAN = """
[[session]]
account = "lab"
[[session.package]]
command = [ { cmd = "Add", uri = "./Lab/clean", data = "yes", expect = 200 },
            { cmd = "Get", uri = "./Lab/clean", expect = 200, expect_data = "yes" } ]
"""


class Faults(Lab):
    template = None  # a device that knows the server, whatever its address, and has the leaves

    @classmethod
    def tearDownClass(cls):
        if cls.template is not None:
            shutil.rmtree(cls.template, ignore_errors=True)

    def prepare(self, server, encoding):
        self.configure(server, encoding, "[security]\nallow_http = true\n")
        with open(self.config, encoding="utf-8") as text:
            config = text.read().replace("timeout_s = 10", "timeout_s = 5")
        with open(self.config, "w", encoding="utf-8") as text:
            text.write(config.replace("retry = { count = 0 }", "retry = { count = 1, first_s = 0.01 }"))
        if self.template is None:
            self.install_account("http://127.0.0.1:1/dm", client_auth="mac", server_auth="mac")
            steps = [("add", "./Lab"), ("acl", "./Lab", "Add=*&Delete=*&Get=*&Replace=*")]
            for arguments in steps + [("add", f"./Lab/c{package}", "old") for package in STEPS]:
                self.assertEqual(self.tree_cli(*arguments).code, 0)
            Faults.template = tempfile.mkdtemp(prefix="omadm-lab-")
            shutil.copytree(self.state, self.template, dirs_exist_ok=True)
        else:
            shutil.copytree(self.template, self.state, dirs_exist_ok=True)
        self.assertEqual(self.tree_cli("set", "./DMAcc/acme/AppAddr/1/Addr", server.url).code, 0)

    def run_one(self, fault, step, times, encoding, outcome):
        script = f'[server]\nid = "srv.example.com"\nstrict = false\ntimeout_ms = 3000\n{account_script("mac", "mac")}'
        server = self.serve(script + session(f"{fault}, times = {times}", step) + CLEAN, tls=False)
        self.prepare(server, encoding)
        done = self.session("--json")
        told = f"{done!r}\n{server.output()}"
        self.assertEqual(done.code, ENDS[outcome], told)
        self.assertEqual(self.tree_cli("store", "check").code, 0)
        # What is reported as done is done.
        reached = STEPS if outcome == "recovers" else range(1, step)
        answered = {command["uri"] for command in done.json()["commands"] if command["status"] == "200"}
        self.assertLessEqual(answered, {f"./Lab/{kind}{package}" for kind in "cn" for package in reached}, told)
        clean = self.session("--json")
        self.assertEqual((clean.code, clean.json()["result"]), (0, "completed"), f"{clean!r}\n{server.output()}")
        self.assertEqual(server.wait(), 0, server.output())
        self.once(reached, told)

    def once(self, reached, told):
        """The packages that reached the client were executed, once; the others were not."""
        values = {node["name"]: node.get("value") for node in
                  self.tree_cli("tree", "./Lab", "--values", "--json").json()["children"]}
        self.assertEqual(values.pop("clean"), "yes")
        wanted = {f"c{package}": "new" if package in reached else "old" for package in STEPS}
        wanted.update((f"n{package}", "1") for package in reached)
        self.assertEqual(values, wanted, told)
        for package in STEPS:
            times = self.tree_cli("get", f"./Lab/c{package}?prop=VerNo").out.strip()
            self.assertEqual(times, "1" if package in reached else "0", f"package {package} {told}")


# Which side has the other's new nonce then is not known to either.
CUTS = ("drop_request", "drop_connection")


class Cut(Lab):
    """A session that ends in the middle, then two in which the server has nothing to say, and so must not be challenged
    (SEC-063): they work."""

    def run_cut(self, auth, cut, step):
        script = f'[server]\nid = "srv.example.com"\nstrict = false\n{account_script(auth, auth)}'
        server = self.serve(script + session(f'kind = "{cut}", times = 100', step) + '[[session]]\naccount = "lab"\n' * 2)
        self.configure(server, "xml")
        self.install_account(server.url, client_auth=auth, server_auth=auth)
        self.assertEqual(self.session().code, ENDS["loses"])
        for _ in range(2):
            done = self.session("--json")
            self.assertEqual((done.code, done.json()["result"]), (0, "completed"), f"{done!r}\n{server.output()}")
        self.assertEqual(server.wait(), 0, server.output())

    def test_SEC_063_SEC_090_SEC_095_the_session_after_one_that_was_cut_works(self):
        for auth in ("md5", "mac"):
            for cut in CUTS:
                for step in STEPS:
                    with self.subTest(f"{auth}, {cut} at {step}"):
                        self.run_cut(auth, cut, step)
                        self.tearDown()
                        self.setUp()


def add_cases():
    for name, (fault, once, for_good) in FAULTS.items():
        for step in STEPS:
            for times, outcome in ((1, once), (100, for_good)):
                if outcome is None:
                    continue
                for encoding in ("xml", "wbxml"):
                    if name.startswith(OF_TRANSPORT) and ((encoding == "xml") == (step == 2) or (times > 1 and step == 3)):
                        continue
                    if SANITIZED and (encoding == "xml") == (step == 2):
                        continue  # slow: the other half of the table
                    def test(self, fault=fault, step=step, times=times, outcome=outcome, encoding=encoding):
                        self.run_one(fault, step, times, encoding, outcome)
                    times_name = "once" if times == 1 else "for_good"
                    setattr(Faults, f"test_{name}_{times_name}_at_{step}_{encoding}", test)


add_cases()
if __name__ == "__main__":
    main()
