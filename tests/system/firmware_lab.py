"""A device whose firmware can be updated, with each of the installers, and a server that wants to."""
import os
import random
import re
import shutil
import signal
import subprocess
import time
import xml.etree.ElementTree as ET
from collections import namedtuple

from harness import PATIENCE, SERVER_ID, Lab, account_script, program

SIZE = 1 << 20

# An update that ends so: the result that is reported, and a function that gives the keys of [fumo] and the script.
Ending = namedtuple("Ending", "what result prepare")


def read(path):
    with open(path, "rb") as content:
        return content.read()


def write(path, content, mode=0o644):
    with open(path, "wb") as out:
        out.write(content)
    os.chmod(path, mode)


def elements(parent, name):
    """The elements of that name anywhere below `parent`, whatever their namespace."""
    return [element for element in parent.iter() if element.tag.rsplit("}", 1)[-1] == name]


def said(parent, name):
    """The text of the first element of that name; "" when there is none."""
    return next((element.text or "" for element in elements(parent, name)), "")


def members_of(session):
    """Processes of a session, whatever group they are in; those that can be seen, where /proc is not mounted."""
    found = []
    for entry in os.listdir("/proc") if os.path.isdir("/proc/self") else []:
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as stat:
                state, _, _, of = stat.read().rpartition(")")[2].split()[:4]
        except OSError:
            continue  # it has just ended
        if int(of) == session and state not in "ZX":
            found.append(int(entry))
    return found


def runs(daemon):
    """Whether a dm-client that runs under another program still does. That program may stay: it waits for what an
    installer left behind, as SWUpdate does now and then when it fails."""
    if daemon.poll() is not None or not os.path.isdir("/proc/self"):
        return daemon.poll() is None
    for pid in members_of(daemon.pid):
        try:
            if read(f"/proc/{pid}/comm") == b"dm-client\n":
                return True
        except OSError:
            continue  # it has just ended
    return False


def kill_session(process):
    """As a power cut would: all that was started under `process`, the leader of a session, is gone."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    while left := members_of(process.pid):
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


class Firmware(Lab):
    """A device whose image is a file, and a server with another image."""

    proof = "md5"  # of client and server, beside TLS; "none": TLS is enough

    def setUp(self):
        super().setUp()
        rng = random.Random(7)
        self.old, self.new = rng.randbytes(SIZE), rng.randbytes(SIZE)
        self.package = self.path("package")
        write(self.package, self.new)
        self.image = self.path("image")

    def path(self, name):
        return os.path.join(self.directory, name)

    def run_tool(self, *command, **options):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self.directory,
                              timeout=PATIENCE, check=False, **options)
        self.assertEqual(done.returncode, 0, done.stdout.decode("utf-8", "replace"))

    def script(self, path="/firmware", more="", sessions=3, package=None, sha256=None):
        """Of a server that wants one update; the device is told its SHA-256 when that is given."""
        claim = "" if sha256 is None else f'''
[[session.package.command]]
cmd = "Replace"
uri = "./FUMO/1/Ext/Sha256"
data = "{sha256}"'''
        update = f'''
[[session]]
account = "lab"
ends = "any"
[[session.package]]{claim}
[[session.package.command]]
cmd = "Replace"
uri = "./FUMO/1/DownloadAndUpdate/PkgURL"
data = "{path if '://' in path else '${base_url}' + path}"
[[session.package.command]]
cmd = "Exec"
uri = "./FUMO/1/DownloadAndUpdate"
correlator = "c-1"
'''
        return (f'[server]\nid = "{SERVER_ID}"\nstrict = false\n' + account_script(self.proof, self.proof) +
                f'[[firmware]]\npath = "/firmware"\nfile = "{package or self.package}"\n{more}' + update +
                '[[session]]\naccount = "lab"\nends = "any"\n' * sessions)

    def wants(self, fumo, script=None):
        """A server with an update, and the configuration of a device that is to be updated so."""
        server = self.serve(script or self.script(sessions=40), once=False, name=f"server{len(self.servers)}")
        self.configure(server, "xml", f'[fumo]\nretry = {{ count = 3, first_s = 0.05 }}\n{fumo}\n')
        return server

    def begin(self, fumo, script=None):
        """A device with an account, and a server that wants it updated; the daemon does not run yet."""
        shutil.rmtree(self.state, ignore_errors=True)
        os.makedirs(self.state)
        server = self.wants(fumo, script)
        proof = self.proof.replace("none", "")
        self.install_account(server.url, client_auth=proof, server_auth=proof)
        return server

    def daemon(self, *under):
        """Runs the daemon, in a session of its own, perhaps under another program."""
        with open(self.path("daemon.log"), "ab") as log:
            return subprocess.Popen([*under, program("dm-client"), "--state", self.state, "--config", self.config, "run"],
                                    stdout=subprocess.DEVNULL, stderr=log, start_new_session=True)

    def started(self, daemon):
        self.wait_for(lambda: os.path.exists(os.path.join(self.state, "control.sock")), "the daemon's start", daemon)

    def log(self):
        path = self.path("daemon.log")
        return read(path).decode("utf-8", "replace") if os.path.exists(path) else ""

    def answered(self, server):
        """Whether the server has answered all it got."""
        return len(server.messages("in")) == len(server.messages("out"))

    def documents(self, server, direction):
        for path in server.messages(direction):
            try:
                yield ET.fromstring(read(path))
            except ET.ParseError:
                pass  # it is being written

    def reports(self, server):
        """Results of the reports the server got, in order. A message that came again octet for octet is one message,
        and what the server refused for want of authentication must come once more and does not count."""
        refused, found = set(), {}
        for document in self.documents(server, "out"):
            for status in elements(document, "Status"):
                if said(status, "Data") in ("401", "407"):
                    refused.add((said(document, "SessionID"), said(status, "MsgRef"), said(status, "CmdRef")))
        for document in self.documents(server, "in"):
            for alert in elements(document, "Alert"):
                where = (said(document, "SessionID"), said(document, "MsgID"), said(alert, "CmdID"))
                if said(alert, "Type").endswith("firmwareupdate.downloadandupdate") and where not in refused:
                    self.assertEqual((said(alert, "Correlator"), said(alert, "LocURI")), ("c-1", "./FUMO/1"))
                    found[where] = [element.text for element in elements(alert, "Data")][1]
        return list(found.values())

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
            self.started(daemon)
            self.session()
            self.wait_for(lambda: self.reports(server), "the report", daemon)
        finally:
            kill_session(daemon)
        server.stop()
        return self.reports(server)


class CommandDevice(Firmware):
    def fumo(self):
        """The old image is in place; the keys of [fumo]."""
        # Beside the image first, so that it is the old one or the new one at every moment.
        write(self.path("install.sh"), f'''#!/bin/sh
set -eu
echo progress=10
sleep 0.05
cp "$1" "{self.image}.part"
sync "{self.image}.part"
echo progress=90
sleep 0.05
mv "{self.image}.part" "{self.image}"
echo version=2.0
'''.encode(), 0o755)
        write(self.image, self.old)
        return f'backend = "command"\ncommand = "{self.path("install.sh")}"\nallow_unverified = true'

    def failing_command(self):
        write(self.path("fail.sh"), f'#!/bin/sh\nsleep 0.05\ncp "$1" "{self.image}.part"\nexit 1\n'.encode(), 0o755)
        return self.fumo().replace("install.sh", "fail.sh"), None

    def badly_signed(self):
        for name in ("key", "other"):
            self.run_tool("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", name)
        self.run_tool("openssl", "pkey", "-in", "key", "-pubout", "-out", "pub")
        self.run_tool("openssl", "dgst", "-sha256", "-sign", "other", "-out", "package.sig", self.package)
        signature = f'[[firmware]]\npath = "/firmware.sig"\nfile = "{self.path("package.sig")}"\n'
        fumo = self.fumo().replace("allow_unverified = true", f'public_key = "{self.path("pub")}"')
        return fumo, self.script(more=signature, sessions=40)

    def failures(self):
        """Updates that must fail; those whose package does not reach the installer fail alike with each."""
        return [Ending("the installer fails", "410", self.failing_command),
                Ending("there is no package", "411", lambda: (self.fumo(), self.script("/nothing", sessions=40))),
                Ending("the package has another digest", "402",
                       lambda: (self.fumo(), self.script(sessions=40, sha256="0" * 64))),
                Ending("the signature is bad", "404", self.badly_signed)]

    def boots(self):
        """The image the device would start."""
        return read(self.image)

    def power_off(self):
        """What else of the device stops with its client."""

    def power_on(self):
        """… and starts again."""


class FileDevice(CommandDevice):
    def fumo(self):
        for name in ("a", "b"):
            write(self.path(name), self.old)
        if os.path.lexists(self.image):
            os.remove(self.image)
        os.symlink(self.path("a"), self.image)
        return (f'backend = "file"\nslots = ["{self.path("a")}", "{self.path("b")}"]\nactive = "{self.image}"\n'
                'allow_unverified = true')

    def failures(self):
        os.makedirs(self.path("folder"))
        other_slot = f'"{self.path("b")}"'
        return [Ending("the slot is too small", "502", lambda: (self.fumo().replace(other_slot, '"/dev/full"'), None)),
                Ending("the slot cannot be written", "410",
                       lambda: (self.fumo().replace(other_slot, f'"{self.path("folder")}"'), None))]


class SigningDevice(CommandDevice):
    def tools_missing(self, *names):
        missing = [name for name in names if shutil.which(name) is None and not os.path.exists("/usr/sbin/" + name)]
        if os.geteuid() != 0:
            missing.append("root's rights")
        return ", ".join(missing)

    def keys(self):
        """A signer whose certificate an authority issued, for mail as well: SWUpdate wants that."""
        write(self.path("ext"), b"extendedKeyUsage=emailProtection,codeSigning\n")
        for command in ("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ca -keyout ca.key -out ca.pem",
                        "req -newkey rsa:2048 -nodes -subj /CN=signer -keyout key.pem -out signer.csr",
                        "x509 -req -days 2 -in signer.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile ext -out cert.pem"):
            self.run_tool("openssl", *command.split())
        self.other_keys()

    def other_keys(self):
        """A signer nobody has heard of."""
        self.run_tool("openssl", *("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=other -keyout other-key.pem "
                                   "-out other-cert.pem").split())
