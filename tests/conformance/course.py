"""One conformance script, run by the real programs in one encoding. What the device's side has to do is in the tables
`client` of the script, which dm-server leaves alone:

[client]            tls (false), config (more of the client's configuration), account (options of
                    harness.account_document; false: none), files (name = text, made executable), vectors (name = file of
                    tests/vectors in hexadecimal)
[session].client    run (more arguments of `dm-client session`; false: what was run before began this session), exit (0),
                    before, after (tables with run, exit, out: a program, its exit status, what its output must match),
                    notified (true: the session is begun by the notification that dm-server sends, "refused": by
                    `dm-client session` after all), refused (tables with at, xor, config, exit: the notification comes
                    before, with that octet changed, under that configuration),
                    tree (URI = value of the leaf afterwards; false: no such node; true: any),
                    says, never (expressions for the client's messages, one a line as traffic.py writes them)
In texts ${dir}, ${url}, ${ca}, ${bin} and ${root} stand for the lab's folder, the server's address and certificate, the
programs' folder and the repository.
"""
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import tomllib

import traffic
from harness import BIN, CLIENT_PASSWORD, DEVICE, PATIENCE, ROOT, SERVER_ID, SERVER_PASSWORD, Ended, Server, account_document
from wbxml_samples import hex_file

HERE = os.path.dirname(os.path.abspath(__file__))
ID = re.compile(r"^(SCR-[A-Z]+-\d{3}|OMA-ERDEF-DM-C-\d{3})$")


def ids_of(name):
    return [word for word in name.split() if ID.match(word)]


class Course:
    """Runs the sessions of one script in turn, against one device."""

    def __init__(self, path, encoding):
        self.name = os.path.splitext(os.path.basename(path))[0]
        self.encoding = encoding
        with open(path, encoding="utf-8") as text:
            self.text = text.read()
        self.script = tomllib.loads(self.text)
        self.client = self.script.get("client", {})
        self.sessions = self.script["session"]
        self.failures = []  # of each session, in order
        self.directory = tempfile.mkdtemp(prefix="omadm-conformance-")
        self.state = os.path.join(self.directory, "state")
        self.config = os.path.join(self.directory, "dm-client.toml")
        self.servers = []
        self.push = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def close(self):
        self.push.close()
        for server in self.servers:
            server.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def expand(self, text):
        return (text.replace("${dir}", self.directory).replace("${url}", self.server.url.removesuffix("/dm"))
                .replace("${ca}", self.server.ca).replace("${bin}", BIN).replace("${root}", ROOT))

    def program(self, name, *arguments):
        if "/" not in name and os.path.exists(os.path.join(BIN, name)):
            own = ["--state", self.state] + ([] if "--config" in arguments else ["--config", self.config])
            arguments = [*(own if name != "dm-server" else []), *arguments]
            name = os.path.join(BIN, name)
        done = subprocess.run([name, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=PATIENCE, check=False)
        return Ended(done.returncode, done.stdout, done.stderr)

    def demand(self, failed, done, code, what):
        if done.code != code:
            failed.append(f"{what}: exit status {done.code}, expected {code}: {done.err.strip()[-300:]}")
        for secret in (SERVER_PASSWORD, CLIENT_PASSWORD):
            if secret in done.out + done.err:
                failed.append(f"{what}: a secret is printed")

    def commands(self, failed, commands):
        for command in commands:
            words = [self.expand(word) for word in command["run"]]
            done = self.program(*words)
            self.demand(failed, done, command.get("exit", 0), " ".join(words[:3]))
            if "out" in command and not re.search(command["out"], done.out + done.err):
                failed.append(f"{' '.join(words)}: {done.out + done.err!r} does not match {command['out']}")

    def prepare(self):
        os.makedirs(self.state)
        self.push.bind(("127.0.0.1", 0))
        self.push.settimeout(10)
        push = f"push=127.0.0.1:{self.push.getsockname()[1]}"
        for name, text in self.client.get("files", {}).items():
            path = os.path.join(self.directory, name)
            with open(path, "w", encoding="utf-8") as out:
                out.write(text.replace("${dir}", self.directory).replace("${bin}", BIN).lstrip())
            os.chmod(path, 0o755)
        tls = self.client.get("tls", False)
        self.server = Server(self, self.text, tls=tls, options=["--json", "--set", push, "--set", f"dir={self.directory}"])
        for name, vector in self.client.get("vectors", {}).items():
            with open(os.path.join(self.directory, name), "wb") as out:
                out.write(hex_file(vector))
        config = f'[device]\ndev_id = "{DEVICE}"\nman = "Example Works"\nmod = "GW-1"\nfwv = "7.3.1"\nlang = "en-US"\n'
        config += f'[session]\nencoding = "{self.encoding}"\ntimeout_s = 5\nretry = {{ count = 0 }}\n'
        config += self.client.get("session_config", "")
        config += f'[tls]\nca_file = "{self.server.ca}"\n' if tls else ""
        config += f"[security]\nallow_http = {'false' if tls else 'true'}\n{self.client.get('security_config', '')}"
        with open(self.config, "w", encoding="utf-8") as out:
            out.write(config + self.expand(self.client.get("config", "")))
        account = self.client.get("account", {})
        if account is False:
            return
        document = os.path.join(self.directory, "account.xml")
        options = {key: value.encode() if key.endswith("nonce") else value for key, value in account.items()}
        with open(document, "w", encoding="utf-8") as out:
            out.write(account_document(self.server.url, **options))
        done = self.program("dm-client", "bootstrap", "file", document)
        if done.code != 0:
            raise AssertionError(f"{self.name}: the account cannot be installed: {done!r}")

    def notified(self, failed, client):
        path = os.path.join(self.directory, "package0")
        octets = self.push.recv(65536)
        for change in client.get("refused", []):
            altered = bytearray(octets)
            altered[change.get("at", 0)] ^= change.get("xor", 0)
            with open(path, "wb") as out:
                out.write(altered)
            options = ["--config", self.expand(change["config"])] if "config" in change else []
            done = self.program("dm-client", "notify", path, *options)
            self.demand(failed, done, change["exit"], f"notification {change}")
        with open(path, "wb") as out:
            out.write(octets)
        if client["notified"] == "refused":
            return self.program("dm-client", "session", "--server", SERVER_ID)
        return self.program("dm-client", "notify", path, *client.get("run", []))

    def one(self, session):
        failed = []
        client = session.get("client", {})
        self.commands(failed, client.get("before", []))
        if client.get("notified"):
            self.demand(failed, self.notified(failed, client), client.get("exit", 0), "dm-client notify")
        elif client.get("run", []) is not False:
            done = self.program("dm-client", "session", "--server", SERVER_ID, *map(self.expand, client.get("run", [])))
            self.demand(failed, done, client.get("exit", 0), "dm-client session")
        self.commands(failed, client.get("after", []))
        if client.get("tree"):
            self.look_at_tree(failed, client["tree"])
        return failed

    def look_at_tree(self, failed, wanted):
        done = self.program("dmtree-cli", "tree", ".", "--values", "--json")
        nodes = {}

        def walk(node):
            nodes[node["uri"]] = node.get("value", node.get("value_base64"))
            for child in node.get("children", []):
                walk(child)
        walk(done.json())
        for uri, value in wanted.items():
            if value is False and uri in nodes:
                failed.append(f"{uri} is there")
            elif value is True and uri not in nodes or value not in (True, False) and nodes.get(uri) != value:
                failed.append(f"{uri} is {nodes.get(uri)!r} in the tree, expected {value!r}")

    def run(self):
        try:
            self.prepare()
            self.failures = [self.one(session) for session in self.sessions]
            self.finish()
        finally:
            for server in self.servers:
                server.stop()
        self.read_log()
        self.read_traffic()
        check = self.program("dmtree-cli", "store", "check")
        if check.code != 0:
            self.failures[-1].append(f"the store is damaged: {check!r}")
        return self

    def finish(self):
        try:
            self.server.process.wait(10)
        except subprocess.TimeoutExpired:
            self.failures[-1].append("dm-server still waits for a session")
            self.server.process.terminate()
            self.server.wait()

    def read_log(self):
        """Failures that dm-server told go to the session they belong to."""
        self.begun = []  # names of the sessions as they took place, with their SessionID
        at = -1
        for line in self.server.output().splitlines():
            if not line.startswith("{"):
                self.failures[max(at, 0)].append(line)
                continue
            event = json.loads(line)
            if event["event"] == "session_begins":
                at += 1
                self.begun.append((event.get("script", ""), event["session_id"]))
            elif event["event"] == "failure":
                self.failures[min(max(at, 0), len(self.failures) - 1)].append(event["what"])
        wanted = [session["name"] for session in self.sessions]
        seen = [name for name, _ in self.begun if name]
        if seen != wanted:
            first = next((i for i, name in enumerate(wanted) if i >= len(seen) or seen[i] != name), len(wanted) - 1)
            self.failures[first].append(f"the sessions that took place: {seen[first:first + 3]}, expected {wanted[first:first + 3]}")

    def read_traffic(self):
        done = self.program("dm-trace", "decode", self.server.record, "--json")
        self.messages = traffic.messages_of(done.json())
        if self.encoding == "wbxml":
            other = self.program("dm-trace", "decode", self.server.record, "--json", "--engine", "libwbxml").json()["messages"]
            for message, entry in zip(self.messages, other):
                message.other = message.root_of(entry)
        by_session = {}
        for message in self.messages:
            by_session.setdefault(message.session_id, []).append(message)
        places = {session["name"]: index for index, session in enumerate(self.sessions)}
        for name, session_id in self.begun:
            if name not in places:
                continue
            index = places[name]
            messages = by_session.get(session_id, [])
            self.failures[index] += self.expectations(self.sessions[index].get("client", {}), messages)
            lenient = "1.3" in self.script.get("server", {}).get("version", "")
            self.failures[index] += traffic.breaches(messages, "DM/1.3" if lenient else "DM/1.2", DEVICE)

    @staticmethod
    def expectations(client, messages):
        text = "\n".join(message.line() for message in messages if message.incoming)
        found = [f"no message of the client matches {wanted}" for wanted in client.get("says", [])
                 if not re.search(wanted, text, re.MULTILINE)]
        return found + [f"a message of the client matches {match.group(0)[:200]!r}" for unwanted in client.get("never", [])
                        if (match := re.search(unwanted, text, re.MULTILINE))]
