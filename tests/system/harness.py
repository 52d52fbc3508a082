"""Runs the real programs against each other on loopback, in private directories."""
import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
import unittest
from xml.sax.saxutils import escape

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get("OMADM_BIN_DIR", "")
SANITIZED = os.environ.get("OMADM_SANITIZED") == "1"
PATIENCE = 120 if SANITIZED else 60  # seconds: a loaded machine is slower, never wrong

SERVER_ID = "srv.example.com"
SERVER_PASSWORD = "S3rv3r-Secret-0001"
CLIENT_USER = "Bruce2"
CLIENT_PASSWORD = "OhBehave"
DEVICE = "IMEI:493005100592800"
AAUTH = {"basic": "BASIC", "md5": "DIGEST", "mac": "HMAC"}


def program(name):
    return os.path.join(BIN, name)


def traceable():
    """Whether strace is there and may trace."""
    try:
        return subprocess.run(["strace", "-o", os.devnull, "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              check=False).returncode == 0
    except FileNotFoundError:
        return False


def shown_on(terminal):
    """Everything that is written to the other side of a pseudo terminal until nobody has it open; closes ours."""
    shown = b""
    try:
        while part := os.read(terminal, 65536):
            shown += part
    except OSError:  # the other side is closed
        pass
    os.close(terminal)
    return shown


class Ended:
    """What a program printed and how it ended."""

    def __init__(self, code, out, err):
        self.code = code
        self.out = out.decode("utf-8", "replace")
        self.err = err.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


def _leaf(name, value, fmt="chr"):
    return (f"<Node><NodeName>{name}</NodeName><RTProperties><Format><{fmt}/></Format><Type><MIME>text/plain</MIME></Type>"
            f"</RTProperties><Value>{escape(value)}</Value></Node>")


def _node(name, *children, ddf_name=""):
    return (f"<Node><NodeName>{name}</NodeName><RTProperties><Format><node/></Format><Type><DDFName>{ddf_name}</DDFName></Type>"
            f"</RTProperties>{''.join(children)}</Node>")


def account_document(address, client_auth="md5", server_auth="md5", server_id=SERVER_ID, prefer=True, name="acme",
                     server_nonce=b"server-nonce-0", client_nonce=None, client_password=CLIENT_PASSWORD,
                     server_password=SERVER_PASSWORD):
    """A DMAcc as a TNDS document in XML."""

    def auth(label, level, kind, user, secret, nonce):
        parts = [_leaf("AAuthLevel", level), _leaf("AAuthType", AAUTH[kind]), _leaf("AAuthName", user),
                 _leaf("AAuthSecret", secret)]
        if nonce is not None:
            parts.append(_leaf("AAuthData", base64.b64encode(nonce).decode(), "b64"))
        return _node(label, *parts)

    parts = [_leaf("AppID", "w7"), _leaf("ServerID", server_id), _leaf("Name", "Lab"),
             _node("AppAddr", _node("1", _leaf("Addr", address), _leaf("AddrType", "URI")))]
    if prefer and client_auth:
        parts.append(_leaf("AAuthPref", AAUTH[client_auth]))
    sets = []
    if client_auth:
        sets.append(auth("1", "CLCRED", client_auth, CLIENT_USER, client_password, client_nonce))
    if server_auth:
        sets.append(auth("2", "SRVCRED", server_auth, server_id, server_password, server_nonce))
    parts.append(_node("AppAuth", *sets))
    return ('<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD>'
            + _node(name, *parts, ddf_name="urn:oma:mo:oma-dm-dmacc:1.0") + "</MgmtTree>")


class Server:
    """A dm-server under a script, with a port of its own."""

    def __init__(self, lab, script, tls=True, once=True, name="server", options=()):
        self.lab = lab
        self.directory = os.path.join(lab.directory, name)
        os.makedirs(self.directory, exist_ok=True)
        self.record = os.path.join(self.directory, "record")
        self.ca = os.path.join(self.directory, "ca.pem")
        port_file = os.path.join(self.directory, "port")
        for leftover in (port_file, self.ca):
            if os.path.exists(leftover):
                os.remove(leftover)
        script_file = os.path.join(self.directory, "script.toml")
        with open(script_file, "w", encoding="utf-8") as out:
            out.write(script)
        command = [program("dm-server"), "--listen", "127.0.0.1:0", "--port-file", port_file, "--script", script_file,
                   "--record", self.record, *options]
        command += ["--tls", "self-signed", "--ca-out", self.ca] if tls else ["--tls", "none"]
        if once:
            command.append("--once")
        self.log = open(os.path.join(self.directory, "log"), "wb")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT)
        lab.servers.append(self)
        deadline = time.monotonic() + PATIENCE
        while not (os.path.exists(port_file) and os.path.getsize(port_file) > 0):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError("dm-server did not start:\n" + self.output())
            time.sleep(0.01)
        with open(port_file, encoding="ascii") as text:
            self.port = int(text.read())
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}/dm"

    def output(self):
        with open(os.path.join(self.directory, "log"), encoding="utf-8", errors="replace") as text:
            return text.read()

    def wait(self):
        """The exit status of a server started with --once."""
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise AssertionError("dm-server does not end:\n" + self.output()) from None

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.log.close()

    def messages(self, direction):
        """Files recorded in one direction ("in" or "out"), in order."""
        if not os.path.isdir(self.record):
            return []
        names = sorted(name for name in os.listdir(self.record) if f"-{direction}." in name)
        return [os.path.join(self.record, name) for name in names]


class Lab(unittest.TestCase):
    """A device in a private directory, and servers for it."""

    maxDiff = None

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="omadm-lab-")
        self.state = os.path.join(self.directory, "state")
        self.config = os.path.join(self.directory, "dm-client.toml")
        self.servers = []
        os.makedirs(self.state)

    def tearDown(self):
        for server in self.servers:
            server.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def serve(self, script, **options):
        return Server(self, script, **options)

    def configure(self, server=None, encoding="xml", extra=""):
        text = f'[device]\ndev_id = "{DEVICE}"\nman = "Example Works"\nmod = "GW-1"\nfwv = "7.3.1"\n'
        text += f'[session]\nencoding = "{encoding}"\ntimeout_s = 10\nretry = {{ count = 0 }}\n'
        if server is not None and server.url.startswith("https"):
            text += f'[tls]\nca_file = "{server.ca}"\n'
        with open(self.config, "w", encoding="utf-8") as out:
            out.write(text + extra)

    def run_program(self, *command, stdin=b""):
        done = subprocess.run(command, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE, check=False)
        ended = Ended(done.returncode, done.stdout, done.stderr)
        self.assertGreaterEqual(ended.code, 0, f"{command[0]} died of a signal: {ended}")
        self.assertNotIn("Sanitizer", ended.err, repr(ended))
        for secret in (SERVER_PASSWORD, CLIENT_PASSWORD):
            self.assertNotIn(secret, ended.out + ended.err, "a secret is printed (UI-006)")
        return ended

    def client(self, *arguments, stdin=b""):
        return self.run_program(program("dm-client"), "--state", self.state, "--config", self.config, *arguments, stdin=stdin)

    def tree_cli(self, *arguments):
        return self.run_program(program("dmtree-cli"), "--state", self.state, *arguments)

    def install_account(self, address, **options):
        path = os.path.join(self.directory, "account.xml")
        with open(path, "w", encoding="utf-8") as out:
            out.write(account_document(address, **options))
        done = self.client("bootstrap", "file", path)
        self.assertEqual(done.code, 0, repr(done))

    def session(self, *arguments):
        return self.client("session", "--server", SERVER_ID, *arguments)

    def tree(self, uri="."):
        """The tree as dmtree-cli sees it, for comparison."""
        done = self.tree_cli("tree", uri, "--values", "--acl", "--json")
        self.assertEqual(done.code, 0, repr(done))
        return done.json()

    def stored(self):
        """Every octet of the tree on disk."""
        content = {}
        for name in sorted(os.listdir(self.state)):
            if name.startswith("tree."):
                with open(os.path.join(self.state, name), "rb") as file:
                    content[name] = file.read()
        return content

    def value(self, uri):
        done = self.tree_cli("get", uri, "--json")
        return done.json().get("value") if done.code == 0 else None


DOORS = "".join(f'{door} = "127.0.0.1:0"\n' for door in ("udp", "sip", "http"))  # for [notification]


class DaemonLab(Lab):
    """A device whose daemon runs."""

    def setUp(self):
        super().setUp()
        self.daemon = None
        self.log = os.path.join(self.directory, "daemon.log")

    def tearDown(self):
        self.stop_daemon()
        super().tearDown()

    def start_daemon(self):
        with open(self.log, "wb") as log:
            self.daemon = subprocess.Popen([program("dm-client"), "--state", self.state, "--config", self.config, "--verbose",
                                            "run"], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE
        while not os.path.exists(os.path.join(self.state, "control.sock")):
            self.assertIsNone(self.daemon.poll(), "the daemon ended: " + self.said())
            self.assertLess(time.monotonic(), deadline, self.said())
            time.sleep(0.02)
        status = self.client("status", "--json").json()
        self.udp, self.sip, self.http = (status.get(name) for name in ("notification", "notification_sip", "notification_http"))

    def stop_daemon(self):
        if self.daemon:
            self.daemon.terminate()
            self.daemon.wait(PATIENCE)
        self.daemon = None

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as text:
            return text.read()

    def until(self, reached):
        """Waits until `reached()` holds."""
        deadline = time.monotonic() + PATIENCE
        while not reached():
            self.assertLess(time.monotonic(), deadline, self.said())
            time.sleep(0.05)

    @staticmethod
    def sessions(server):
        """Session ids a server saw, each once."""
        index = os.path.join(server.record, "index.jsonl")
        if not os.path.exists(index):
            return []
        seen = []
        with open(index, encoding="utf-8") as lines:
            for line in lines:
                entry = json.loads(line)
                if entry["direction"] == "in" and entry["session_id"] not in seen:
                    seen.append(entry["session_id"])
        return seen

    def idle(self):
        status = self.client("status", "--json").json()
        return status["session"] is None and not status["queue"]


def account_script(client_auth="md5", server_auth="md5", server_nonce=b"server-nonce-0", **more):
    """The [[account]] of a server script that fits account_document."""
    lines = ["[[account]]", 'name = "lab"', f'client_auth = "{client_auth}"', f'server_auth = "{server_auth}"',
             f'client_user = "{CLIENT_USER}"', f'client_password = "{CLIENT_PASSWORD}"', f'server_id = "{SERVER_ID}"',
             f'server_password = "{SERVER_PASSWORD}"',
             f'server_nonce_base64 = "{base64.b64encode(server_nonce).decode()}"']
    lines += [f"{key} = {json.dumps(value)}" for key, value in more.items()]
    return "\n".join(lines) + "\n"


def main():
    unittest.main(verbosity=2)
