"""Firmware updates with the real programs: each installer, cut short at random moments by SIGKILL of the whole process
group, and a firmware host that means no good."""
import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import time

from harness import PATIENCE, SANITIZED, SERVER_ID, Lab, account_script, main, program

MOMENTS = int(os.environ.get("OMADM_FIRMWARE_MOMENTS", "4" if SANITIZED else "20"))
SIZE = 1 << 20


def read(path):
    with open(path, "rb") as content:
        return content.read()


def write(path, content, mode=0o644):
    with open(path, "wb") as out:
        out.write(content)
    os.chmod(path, mode)


class Firmware(Lab):
    """A device whose image is a file, and a server with another image."""

    def setUp(self):
        super().setUp()
        rng = random.Random(7)
        self.old, self.new = rng.randbytes(SIZE), rng.randbytes(SIZE)
        self.package = self.path("package")
        write(self.package, self.new)
        self.image = self.path("image")

    def path(self, name):
        return os.path.join(self.directory, name)

    def script(self, path="/firmware", more="", sessions=3):
        update = f'''
[[session]]
account = "lab"
ends = "any"
[[session.package]]
[[session.package.command]]
cmd = "Replace"
uri = "./FUMO/1/DownloadAndUpdate/PkgURL"
data = "${{base_url}}{path}"
[[session.package.command]]
cmd = "Exec"
uri = "./FUMO/1/DownloadAndUpdate"
correlator = "c-1"
'''
        return (f'[server]\nid = "{SERVER_ID}"\nstrict = false\n' + account_script() +
                f'[[firmware]]\npath = "/firmware"\nfile = "{self.package}"\n{more}' + update +
                '[[session]]\naccount = "lab"\nends = "any"\n' * sessions)

    def begin(self, fumo, script=None):
        """A device with an account, and a server that wants it updated; the daemon does not run yet."""
        shutil.rmtree(self.state, ignore_errors=True)
        os.makedirs(self.state)
        server = self.serve(script or self.script(sessions=40), once=False, name=f"server{len(self.servers)}")
        self.configure(server, "xml", f'[fumo]\n{fumo}\nretry = {{ count = 3, first_s = 0.05 }}\n')
        self.install_account(server.url)
        return server

    def daemon(self):
        with open(self.path("daemon.log"), "ab") as log:
            return subprocess.Popen([program("dm-client"), "--state", self.state, "--config", self.config, "run"],
                                    stdout=subprocess.DEVNULL, stderr=log, start_new_session=True)

    def kill(self, daemon):
        if daemon.poll() is None:
            os.killpg(daemon.pid, signal.SIGKILL)
        daemon.wait()

    def log(self):
        return read(self.path("daemon.log")).decode("utf-8", "replace")

    def reports(self, server):
        """Results of the reports the server got, by correlator, each once however often it was sent."""
        found = []
        for path in server.messages("in"):
            text = read(path).decode("utf-8", "replace")
            if "firmwareupdate.downloadandupdate" in text:
                alert = text[text.index("firmwareupdate.downloadandupdate"):]
                found.append(re.search(r"<Data>(\d+)</Data>", alert).group(1))
        return found

    def wait_for(self, ready, what, daemon=None):
        deadline = time.monotonic() + PATIENCE
        while not ready():
            if time.monotonic() > deadline or (daemon is not None and daemon.poll() is not None):
                self.fail(f"{what} did not happen\n{self.log()[-4000:]}")
            time.sleep(0.02)

    def update(self, fumo, script=None):
        """One update to its end; the results that were reported."""
        server = self.begin(fumo, script)
        daemon = self.daemon()
        try:
            self.wait_for(lambda: os.path.exists(os.path.join(self.state, "control.sock")), "the daemon's start", daemon)
            self.session()
            self.wait_for(lambda: self.reports(server), "the report", daemon)
        finally:
            self.kill(daemon)
        server.stop()
        return self.reports(server)


class Backends(Firmware):
    def command(self):
        # Beside the image first, so that it is the old one or the new one at every moment.
        write(self.path("install.sh"), f'''#!/bin/sh
set -eu
echo progress=10
cp "$1" "{self.image}.part"
sync "{self.image}.part"
echo progress=90
mv "{self.image}.part" "{self.image}"
echo version=2.0
'''.encode(), 0o755)
        write(self.image, self.old)
        return f'backend = "command"\ncommand = "{self.path("install.sh")}"\nallow_unverified = true'

    def file(self):
        for name in ("a", "b"):
            write(self.path(name), self.old)
        if os.path.lexists(self.image):
            os.remove(self.image)
        os.symlink(self.path("a"), self.image)
        return (f'backend = "file"\nslots = ["{self.path("a")}", "{self.path("b")}"]\nactive = "{self.image}"\n'
                'allow_unverified = true')

    def cut(self, fumo, moments):
        rng = random.Random(42)
        fumo_now = fumo()
        started = time.monotonic()
        self.assertEqual(self.update(fumo_now), ["200"])
        duration = time.monotonic() - started
        self.assertEqual(read(self.image), self.new)
        for moment in range(moments):
            server = self.begin(fumo())
            daemon = self.daemon()
            self.wait_for(lambda: os.path.exists(os.path.join(self.state, "control.sock")), "the daemon's start", daemon)
            self.session()
            # Three cuts, one after the other, and then it may come to its end.
            for _ in range(3):
                time.sleep(rng.uniform(0, duration / 3))
                self.kill(daemon)
                self.assertIn(read(self.image), (self.old, self.new), f"half an image at moment {moment}")
                daemon = self.daemon()
            try:
                self.wait_for(lambda: self.reports(server), f"the report after moment {moment}", daemon)
                self.wait_for(lambda: self.value("./FUMO/1/State") == "10", f"the clean-up after moment {moment}", daemon)
            finally:
                self.kill(daemon)
            results = self.reports(server)
            # FUMO-071: the same report may come again when the power went before its acknowledgement was stored.
            self.assertEqual(len(set(results)), 1, f"{results} at moment {moment}")
            self.assertEqual(read(self.image), self.new if results[0] == "200" else self.old)
            server.stop()
            shutil.rmtree(server.directory)

    def test_FUMO_072_power_cuts_with_the_command_installer(self):
        self.cut(self.command, MOMENTS)

    def test_FUMO_072_power_cuts_with_the_file_installer(self):
        self.cut(self.file, MOMENTS)

    def test_FUMO_068_a_signature_is_demanded_and_checked(self):
        self.assertEqual(subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-out", self.path("key")],
                                        capture_output=True, check=False).returncode, 0)
        subprocess.run(["openssl", "pkey", "-in", self.path("key"), "-pubout", "-out", self.path("pub")], check=True)
        fumo = self.command().replace("allow_unverified = true", f'public_key = "{self.path("pub")}"')
        self.assertEqual(self.update(fumo), ["404"])
        self.assertEqual(read(self.image), self.old)
        subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.path("key"), "-out", self.path("package.sig"),
                        self.package], check=True)
        signed = f'[[firmware]]\npath = "/firmware.sig"\nfile = "{self.path("package.sig")}"\n'
        self.assertEqual(self.update(fumo, self.script(more=signed, sessions=3)), ["200"])
        self.assertEqual(read(self.image), self.new)

    def test_FUMO_072_a_restart_into_the_new_image_is_confirmed_or_rolled_back(self):
        for status, result in (("0", "200"), ("1", "410")):
            write(self.path("confirm.sh"), f"#!/bin/sh\nexit {status}\n".encode(), 0o755)
            # Its restart is the end of the daemon; it comes up again by itself below.
            write(self.path("restart.sh"), b"#!/bin/sh\nkill -KILL $PPID\n", 0o755)
            server = self.begin(self.command() + f'\nrestart = "{self.path("restart.sh")}"\n'
                                f'confirm = "{self.path("confirm.sh")}"\n')
            daemon = self.daemon()
            self.wait_for(lambda: os.path.exists(os.path.join(self.state, "control.sock")), "the daemon's start", daemon)
            self.session()
            self.wait_for(lambda: daemon.poll() is not None, "the restart")
            self.assertEqual(self.value("./FUMO/1/State"), "60")
            daemon = self.daemon()
            try:
                self.wait_for(lambda: self.reports(server), "the report", daemon)
            finally:
                self.kill(daemon)
            self.assertEqual(self.reports(server), [result])
            server.stop()

    def test_FUMO_050_FUMO_051_FUMO_052_FUMO_053_the_device_asks_whether_there_is_an_update(self):
        server = self.begin(self.command())
        done = self.client("fumo", "check", "--wait")
        self.assertEqual(done.code, 0, repr(done))
        self.assertEqual(self.reports(server), ["200"])  # this server had one, in the same session
        self.assertEqual(read(self.image), self.new)
        done = self.client("fumo", "check", "--user", "--source", "./FUMO/1", "--data", "model=7")
        self.assertEqual(done.code, 0, repr(done))
        asked = [text for text in (read(path).decode() for path in server.messages("in")) if "request</Type>" in text]
        self.assertEqual(len(asked), 2)
        for text, kind, source, data in ((asked[0], "devicerequest", None, ""), (asked[1], "userrequest", "./FUMO/1", "model=7")):
            item = next(part for part in text.split("<Alert>") if kind in part).split("</Alert>")[0]
            self.assertIn("<Data>1226</Data>", item)
            self.assertIn(f"org.openmobilealliance.dm.firmwareupdate.{kind}</Type>", item)
            self.assertNotIn("Correlator", item)
            self.assertEqual("<Source>" in item, source is not None, item)
            self.assertTrue(source is None or f"<LocURI>{source}</LocURI>" in item, item)
            self.assertRegex(item, f"(<Data>{data}</Data>|<Data/>)" if not data else f"<Data>{data}</Data>")
            self.assertRegex(item, "<Format[^>]*>chr</Format>")
        server.stop()
        refused = self.client("fumo", "check", "--server", "nobody")
        self.assertEqual(refused.code, 5, repr(refused))

    def test_FUMO_067_it_waits_while_the_platform_says_so(self):
        hold = self.path("battery-low")
        write(hold, b"")
        server = self.begin(self.command() + f'\nhold_install = "{hold}"\n')
        daemon = self.daemon()
        try:
            self.wait_for(lambda: os.path.exists(os.path.join(self.state, "control.sock")), "the daemon's start", daemon)
            self.session()
            self.wait_for(lambda: "waits: battery-low" in self.client("status").out, "the wait", daemon)
            self.assertEqual(read(self.image), self.old)
            os.remove(hold)
            self.wait_for(lambda: self.reports(server), "the report", daemon)
        finally:
            self.kill(daemon)
        self.assertEqual(self.reports(server), ["200"])
        self.assertEqual(read(self.image), self.new)
        server.stop()

    def test_FUMO_068_what_nobody_verifies_is_refused_by_the_configuration(self):
        self.configure(None, "xml", "[fumo]\n" + self.command().replace("allow_unverified = true", "") + "\n")
        done = self.client("check-config")
        self.assertEqual(done.code, 2, repr(done))
        self.assertIn("allow_unverified", done.err)


if __name__ == "__main__":
    main()
