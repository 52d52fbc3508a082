"""dm-trace decode: every form of document, both engines, damage, secrets, and text that would drive a terminal."""
import base64
import glob
import json
import os
import random
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

from harness import ROOT, SANITIZED, Lab, account_script, main, program
from wbxml_samples import HEADER, VECTORS, hex_file, message, opaque, replace, string, tag, vectors

SEEDS = os.path.join(ROOT, "tests/fuzz/corpus")
# What a terminal would obey: controls but for the end of a line, C1, and what turns the direction of writing.
DRIVES_TERMINAL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def shape(element):
    """Names, texts and children; white space between elements does not count."""
    text = element.text or ""
    if len(element) and not text.strip():
        text = ""
    return (element.tag, text, [shape(child) for child in element])


def masked(node):
    """A shape with its secrets turned into asterisks, by rules of this test's own."""
    name, text, children = node
    local = name.rsplit("}")[-1]
    children = [masked(child) for child in children]

    def under(parent_children, *path):
        for step in path:
            parent_children = next((c[2] if step != path[-1] else c[1] for c in parent_children if c[0].endswith("}" + step)), [])
        return parent_children or ""

    def stars(of):
        return [(c[0], "*" * len(c[1]) if c[0].endswith("}" + of) else c[1], c[2]) for c in children]

    secret = ("AAuthSecret", "AAuthData")
    if local == "Cred":
        children = stars("Data")
    elif local == "NextNonce":
        text = "*" * len(text)
    elif local == "Node" and under(children, "NodeName") in secret:
        children = stars("Value")
    elif local == "Item" and any(under(children, side, "LocURI").rsplit("/", 1)[-1] in secret for side in ("Target", "Source")):
        children = stars("Data")
    return (name, text, children)


class Decode(Lab):
    def trace(self, *arguments, stdin=b""):
        return self.run_program(program("dm-trace"), *arguments, stdin=stdin)

    def decode(self, octets, *options, code=0):
        done = self.trace("decode", "-", *options, stdin=octets)
        self.assertEqual(done.code, code, repr(done))
        if code == 0:
            self.assertEqual(done.err, "")
        else:
            self.assertRegex(done.err, r"^dm-trace: \S")
        return done.out

    def file(self, name, octets):
        path = os.path.join(self.directory, name)
        with open(path, "wb") as out:
            out.write(octets)
        return path

    def seeds(self, pattern):
        names = sorted(glob.glob(os.path.join(SEEDS, pattern)))
        self.assertTrue(names, pattern)
        for name in names:
            with open(name, "rb") as octets:
                yield os.path.relpath(name, SEEDS), octets.read()


class Documents(Decode):
    def test_session_of_the_vectors(self):
        expected = {1: ["Alert 1: 1201 client-initiated session", "Replace 2"],
                    2: ["Status 1: 407 Authentication required, for SyncHdr of message 1", "NextNonce: (hidden, 16 octets)"],
                    4: ["Get 4", "Target/LocURI: ./DevDetail/SwV"],
                    5: ["Status 4: 404 Not found, for Replace 5 of message 2", "Results 3: of Get 4 of message 2", "Data: 7.3.1"]}
        for number in range(1, 7):
            with open(os.path.join(VECTORS, f"messages/challenge-{number}.xml"), "rb") as octets:
                out = self.decode(octets.read())
            self.assertTrue(out.startswith("SyncML message: XML, "), out)
            for text in expected.get(number, []):
                self.assertIn(text, out)

    def test_both_encodings_are_the_same_document(self):
        for name, octets in self.seeds("message/*.wbxml"):
            if "package2" in name:
                continue  # these two differ in a blank
            with self.subTest(name):
                with open(os.path.join(SEEDS, name.replace(".wbxml", ".xml")), "rb") as xml:
                    self.assertEqual(self.decode(octets, "--canonical"), self.decode(xml.read(), "--canonical"))

    def test_subtree_inside_a_value(self):
        wbxml = hex_file("tnds/sample.hex")
        for content in (opaque(wbxml), string(base64.b64encode(wbxml)),
                        string("<MgmtTree xmlns='syncml:dmddf1.2'><VerDTD>1.2</VerDTD><Node><NodeName>Cfg</NodeName><RTProperties>"
                               "<Format><node/></Format><Type><DDFName/></Type></RTProperties><Node><NodeName>Host</NodeName>"
                               "<RTProperties><Format><chr/></Format><Type><MIME>text/plain</MIME></Type></RTProperties>"
                               "<Value>h1</Value></Node></Node></MgmtTree>")):
            out = self.decode(message(replace("./A", content)))
            self.assertRegex(out, r"Data: document in (XML|WBXML 1\.2), ")
            self.assertIn("Cfg (node)\n", out)
            self.assertIn("Host (chr, text/plain): h1\n", out)

    def test_descriptions_and_subtrees(self):
        files = sorted(glob.glob(os.path.join(ROOT, "mo/*/*.ddf.xml")))
        self.assertTrue(files)
        for name in files:
            done = self.trace("decode", "--json", name)
            self.assertEqual((done.code, done.json()["kind"]), (0, "ddf"), name)
        self.assertIn("Host (chr, text/plain): h1", self.decode(hex_file("tnds/sample.hex")))
        for name, octets in self.seeds("tnds/*"):
            self.assertEqual(json.loads(self.decode(octets, "--json"))["kind"], "tnds", name)

    def test_notifications(self):
        for vector in vectors("notification/accepted.vec"):
            told = json.loads(self.decode(vector["message"], "--json"))["notification"]
            self.assertEqual((told["version"], told["server_id"], told["session_id"], told["ui_mode"], told["initiator"]),
                             ("1.1", vector["server"], vector["session"], int(vector["ui"]), vector["initiator"]), vector["name"])
            self.assertEqual(told["digest"], vector["message"][:16].hex())
            self.assertEqual(told.get("vendor", ""), vector.get("vendor", b"").hex())
        for vector in vectors("notification/push.vec"):
            out = self.decode(vector["octets"])
            self.assertIn("Server id: com.mgmtsrv.manage", out, vector["name"])
            self.assertEqual("WSP push" in out.splitlines()[0], vector["name"] not in ("W0", "SIP"), vector["name"])
        self.assertIn("UI mode: 1 (background)", out)

    def test_offsets_point_at_the_tags(self):
        octets = hex_file("bootstrap/dm_message.hex")
        tokens = {"SyncML": 0x6D, "SyncHdr": 0x6C, "SessionID": 0x65, "Add": 0x45, "Item": 0x54, "Final": 0x12, "Meta": 0x5A}
        seen = set()
        for line in self.decode(octets, "--offsets").splitlines():
            match = re.match(r"   ([0-9a-f]{4}) +(\w+)", line)
            if match and match.group(2) in tokens:
                self.assertEqual(octets[int(match.group(1), 16)], tokens[match.group(2)], line)
                seen.add(match.group(2))
        self.assertEqual(seen, set(tokens))
        self.assertRegex(self.decode(octets, "--offsets"), r"\n  \+0022 +MgmtTree\n")
        text = octets.find(b"./Inbox")
        self.assertIn(f"   {text - 2:04x}             LocURI: ./Inbox\n", self.decode(octets, "--offsets"))

    def test_binary_values(self):
        octets = bytes(range(256))
        out = self.decode(message(replace("./A", opaque(octets))))
        self.assertIn("Data: 256 octets, opaque\n", out)
        self.assertIn("00000000  00 01 02 03", out)
        self.assertIn("… 192 more octets\n", out)
        self.assertIn(base64.b64encode(octets).decode(), self.decode(message(replace("./A", opaque(octets))), "--json"))

    def test_unknown_elements_are_shown(self):
        out = self.decode(message(tag(0x3E, string("x"))))
        self.assertIn("00:3e: x", out)


class Engines(Decode):
    """The canonical document of our engine, of libwbxml in dm-trace, and of the program wbxml2xml."""

    def compare(self, path):
        own = self.trace("decode", "--canonical", path)
        other = self.trace("decode", "--canonical", "--engine", "libwbxml", path)
        self.assertEqual((own.code, other.code), (0, 0), f"{path}: {own!r} {other!r}")
        self.assertEqual(own.out, other.out, path)
        if shutil.which("wbxml2xml") is None:
            self.skipTest("wbxml2xml is not installed")
        xml = os.path.join(self.directory, "wbxml2xml.xml")
        subprocess.run(["wbxml2xml", "-k", "-m", "0", "-o", xml, path], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        theirs = masked(shape(ElementTree.parse(xml).getroot()))
        self.assertEqual(shape(ElementTree.fromstring(own.out)), theirs, path)

    def test_vectors(self):
        documents = {"account": hex_file("bootstrap/dm_account.hex"), "message": hex_file("bootstrap/dm_message.hex"),
                     "tnds": hex_file("tnds/sample.hex"), "nested": message(replace("./A/B", string("a & <b>\ttab  "))),
                     "secret": message(replace("./D/AppAuth/1/AAuthSecret", string("never-to-be-seen")))}
        # Data of text and OPAQUE in turn, as package2 has it, breaks libwbxml's XML.
        documents.update((name, octets) for name, octets in self.seeds("message/*.wbxml") if "package2" not in name)
        for name, octets in documents.items():
            with self.subTest(name):
                self.compare(self.file("m.wbxml", octets))

    def test_recorded_session(self):
        session = """
[[session]]
account = "lab"
[[session.package]]
command = [
  { cmd = "Get", uri = "./DevInfo", expect = 200 },
  { cmd = "Add", uri = "./Lab", format = "node", expect = 200 },
  { cmd = "Replace", uri = "./Lab?prop=ACL", data = "Add=*&Get=*&Replace=*&Delete=*&Exec=*", expect = 200 },
  { cmd = "Add", uri = "./Lab/a", data = "3 < 4 & 5", expect = 200 },
  { cmd = "Get", uri = "./Nowhere", expect = 404 },
  { cmd = "Get", uri = "./Lab?list=TNDS", expect = 200 },
]
[[session.package]]
command = [ { cmd = "Atomic", command = [ { cmd = "Replace", uri = "./Lab/a", data = "4" } ] },
            { cmd = "Delete", uri = "./Lab/a", expect = 200 } ]
"""
        server = self.serve('[server]\nid = "srv.example.com"\nencoding = "as client"\n' + account_script() + session)
        log = os.path.join(self.directory, "trace.jsonl")
        self.configure(server, "wbxml", f'[trace]\nfile = "{log}"\n')
        self.install_account(server.url)
        done = self.session()
        self.assertEqual(done.code, 0, repr(done) + server.output())
        self.assertEqual(server.wait(), 0, server.output())
        files = server.messages("in") + server.messages("out")
        self.assertGreaterEqual(len(files), 4)
        self.check_trace(log, len(files))
        self.check_trace(server.record, len(files))
        for path in files:
            self.assertTrue(path.endswith(".wbxml"), path)
            self.compare(path)
        text = self.trace("decode", server.record)
        self.assertIn("404 Not found, for Get", text.out)
        self.assertIn("Lab (node", text.out)

    def check_trace(self, path, messages):
        for engine in ("own", "libwbxml"):
            done = self.trace("decode", path, "--json", "--engine", engine)
            self.assertEqual(done.code, 0, repr(done))
            told = done.json()
            self.assertEqual((told["kind"], len(told["messages"])), ("trace", messages))
            self.assertEqual({entry["direction"] for entry in told["messages"]}, {"in", "out"})
            for entry in told["messages"]:
                self.assertEqual(entry["document"]["kind"], "syncml")
                self.assertEqual(entry["document"]["octets"], entry["octets"])

    def test_libwbxml_may_crash(self):
        crash = bytes.fromhex("02a4016a006d0288808080 00 01")
        self.decode(crash, code=1)
        done = self.trace("decode", "--engine", "libwbxml", self.file("crash", crash))
        self.assertEqual(done.code, 1, repr(done))
        self.assertRegex(done.err, r"^dm-trace: .*libwbxml crashed: ")
        # Elements nested a hundred thousand deep end its recursion.
        nested = self.file("nested", HEADER + b"\x6d" * 100000 + b"\x01" * 100000)
        for engine in ("own", "libwbxml"):
            done = self.trace("decode", "--engine", engine, nested)
            self.assertEqual(done.code, 1, repr(done)[-2000:])
            self.assertRegex(done.err, r"^dm-trace: .*(nested too deeply|libwbxml crashed: )")

    def test_libwbxml_is_quoted_as_it_is(self):
        """A value that libwbxml turns into a command: the second opinion shows it, ours does not."""
        value = (b"x]]></Data></Item></Replace><Exec><Item><Target><LocURI>./F</LocURI></Target></Item></Exec>"
                 b"<Replace><Item><Data><![CDATA[y")
        octets = message(replace("./A", opaque(value)))
        self.assertNotIn("      Exec\n", self.decode(octets))
        self.assertIn("      Exec\n", self.decode(octets, "--engine", "libwbxml"))
        # Octets that are no XML make its document unreadable: an error, not a guess.
        done = self.trace("decode", "--engine", "libwbxml", self.file("b", message(replace("./A", opaque(b"\x01\x02")))))
        self.assertEqual(done.code, 1, repr(done))
        self.assertIn("what libwbxml makes of it", done.err)


class Damage(Decode):
    def test_every_beginning_of_a_document(self):
        step = 7 if SANITIZED else 3
        account = hex_file("bootstrap/dm_account.hex")
        for octets in (account[:330], message(replace("./A", string("b")))):
            for size in list(range(0, len(octets), step)):
                out = self.decode(octets[:size], code=1)
                if size > 30:
                    self.assertIn("VerProto: DM/1.2", out)
        with open(os.path.join(VECTORS, "messages/challenge-4.xml"), "rb") as xml:
            octets = xml.read().rstrip()
        for size in range(0, len(octets), step * 10):
            self.decode(octets[:size], code=1)
        told = json.loads(self.decode(account[:200], "--json", code=1))
        self.assertEqual((told["exit"], told["root"]["name"]), (1, "SyncML"))
        self.assertIn("ends early", told["error"])

    def test_damaged_subtree_inside_a_value(self):
        tnds = hex_file("tnds/sample.hex")
        done = self.trace("decode", "-", stdin=message(replace("./A", opaque(tnds[:-20]))))
        self.assertEqual(done.code, 1, repr(done))
        self.assertIn("the document inside a value: ", done.err)
        self.assertIn("Cfg (node)", done.out)

    def test_beginning_of_a_large_object_is_no_damage(self):
        more_data = tag(0x34)
        item = tag(0x14, tag(0x2E, tag(0x17, string("./A"))), tag(0x0F, opaque(hex_file("tnds/sample.hex")[:-20])), more_data)
        self.assertIn("Cfg (node)", self.decode(message(tag(0x20, tag(0x0B, string("2")), item))))

    def test_spoiled_octets(self):
        dice = random.Random(20261121)
        samples = [octets for _, octets in self.seeds("message/*")] + [v["octets"] for v in vectors("notification/push.vec")]
        samples.append(hex_file("bootstrap/dm_account.hex"))
        for _ in range(40 if SANITIZED else 200):
            octets = bytearray(dice.choice(samples))
            for _ in range(dice.randint(1, 6)):
                octets[dice.randrange(len(octets))] = dice.randrange(256)
            engine = dice.choice(("own", "libwbxml"))
            path = self.file("spoiled", bytes(octets))
            done = self.trace("decode", "--engine", engine, path)
            self.assertIn(done.code, (0, 1) if engine == "own" else (0, 1, 2), repr(done) + bytes(octets).hex())
            self.assertEqual(done.code != 0, done.err != "", repr(done))
            self.assertIsNone(DRIVES_TERMINAL.search(done.out + done.err), repr(done))

    def test_damaged_notification(self):
        whole = vectors("notification/push.vec")[1]["octets"]
        for octets in (whole[:-4], whole[6:-4]):
            out = self.decode(octets, code=1)
            self.assertIn("Digest: 6e06a094ba80b8d0ca8537bd10e09505", out)
            self.assertIn("Server id: com.mgmtsrv.ma… (14 of 18 octets)", out)
        for vector in vectors("notification/refused.vec"):
            if vector["why"] in ("malformed", "unsupported"):
                self.decode(vector["message"], code=1)

    def test_damaged_trace(self):
        good = {"time": "2026-01-02T03:04:05Z", "direction": "in", "content_type": "application/vnd.syncml.dm+wbxml",
                "octets": 1, "body": base64.b64encode(message(replace("./A", string("b")))).decode()}
        bad = dict(good, body=base64.b64encode(message(replace("./A", string("b")))[:40]).decode())
        outside = {key: value for key, value in good.items() if key != "body"} | {"file": "../secret"}
        lines = [json.dumps(line) for line in (good, bad, outside)] + ['{"time": "2026', ""]
        done = self.trace("decode", self.file("t", "\n".join(lines).encode()))
        self.assertEqual(done.code, 1, repr(done))
        self.assertIn("Replace 2", done.out)
        self.assertEqual(len(done.err.splitlines()), 3, done.err)
        for text in ("message 2: octet 37: ", "message 3: line 3: \"../secret\"", "message 4: line 4: not a JSON object"):
            self.assertIn(text, done.err)

    def test_what_is_none_of_ours(self):
        self.assertIn("nothing in it", self.trace("decode", "-", stdin=b"").err)
        self.assertIn("Unknown: 5 octets", self.decode(b"hello", code=1))
        self.assertIn("its root element is html", self.trace("decode", "-", stdin=b"<html><body/></html>").err)
        self.decode(b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', code=1)
        self.assertIn("octet", self.trace("decode", "-", stdin=bytes.fromhex("030b6a0045c601")).err)


class Secrets(Decode):
    def forms(self, octets):
        path = self.file("m", octets)
        for options in ((), ("--json",), ("--canonical",), ("--offsets",), ("--json", "--offsets")):
            yield self.trace("decode", path, *options)
        if octets[0] == 2:
            for options in ((), ("--json",), ("--canonical",)):
                yield self.trace("decode", path, "--engine", "libwbxml", *options)

    def hidden(self, octets, *secrets):
        for done in self.forms(octets):
            self.assertTrue(done.out, repr(done))
            for secret in secrets:
                for form in (secret, base64.b64encode(secret.encode()).decode(), secret.encode().hex()):
                    self.assertNotIn(form, done.out + done.err)

    def test_subtree(self):
        octets = hex_file("bootstrap/dm_account.hex")
        secrets = ("c-secret", "s-secret", "Tm9uY2Utcw==", "Tm9uY2UtQw==")
        self.assertIn(b"c-secret", octets)
        self.hidden(octets, *secrets)
        inner = octets[octets.index(b"\x02\x00\x00\x6a"):-6]
        self.hidden(inner, *secrets)
        # Cut off, as text and in Base64, where nothing tells its end.
        for size in range(len(inner) - 400, len(inner), 40):
            self.hidden(message(replace("./Inbox", opaque(inner[:size]))), *secrets)
            self.hidden(message(replace("./Inbox", string(base64.b64encode(inner[:size])))), *secrets)
        self.assertIn("AAuthSecret (chr, text/plain): (hidden, 8 octets)", self.decode(octets))

    def test_commands_and_headers(self):
        secret = "Never-To-Be-Seen"
        for uri in ("./DMAcc/a/AppAuth/1/AAuthSecret", "./DMAcc/a/AppAuth/1/AAuthData", "./DMAcc/a/AppAuth/1/AAuthSecret?x"):
            for data in (string(secret), opaque(secret.encode())):
                self.hidden(message(replace(uri, data)), secret)
                self.hidden(message(tag(0x08, tag(0x0B, string("1")), replace(uri, data))), secret)
        cred = tag(0x0E, tag(0x1A, b"\x00\x01", tag(0x13, string("syncml:auth-basic")), b"\x00\x00"),
                   tag(0x0F, string(base64.b64encode(b"Bruce2:" + secret.encode()))))
        octets = message()
        at = octets.index(b"\x01", octets.index(b"dm.example.net/"))
        octets = octets[:at + 2] + cred + octets[at + 2:]
        self.assertIn("Cred", self.decode(octets))
        self.hidden(octets, "Bruce2:" + secret)
        chal = tag(0x29, tag(0x0B, string("1")), tag(0x09, tag(0x1A, b"\x00\x01", tag(0x10, string("c2VjcmV0LW5vbmNl")), b"\x00\x00")))
        self.hidden(message(chal), "c2VjcmV0LW5vbmNl", "secret-nonce")
        # A subtree that cannot be opened, and a later piece of one.
        self.hidden(message(replace("./A", string(f"no XML: AAuthSecret {secret}"))), secret)
        kind = tag(0x1A, b"\x00\x01", tag(0x13, string("application/vnd.syncml.dmtnds+xml")), b"\x00\x00")
        self.hidden(message(replace("./Inbox", string(f"{secret}</Value></Node></MgmtTree>"), kind)), secret)

    def test_headers_of_a_trace(self):
        line = {"time": "t", "direction": "in", "content_type": "application/vnd.syncml.dm+wbxml", "octets": 0, "body": "",
                "headers": {"authorization": "Basic Never", "x-syncml-hmac": "algorithm=MD5, username=\"B\", mac=NeverSeen",
                            "accept": "text/html"}}
        for options in ((), ("--json",)):
            done = self.trace("decode", self.file("t", json.dumps(line).encode() + b"\n"), *options)
            self.assertEqual(done.code, 0, repr(done))
            self.assertNotIn("Never", done.out)
            self.assertIn("text/html", done.out)


class Terminal(Decode):
    def test_nothing_of_a_message_drives_the_terminal(self):
        evil = "a\x1b[2Jb\x07\x7f\u009b31m\u202egnp\u2066\ufeff\\end"
        wbxml = [message(replace(evil, string(evil)), tag(0x3E, string(evil))), message(tag(0x20, tag(0x0B, string(evil)))),
                 message(tag(0x29, tag(0x0B, string("1")), tag(0x0A, string(evil)), tag(0x0F, string(evil)))),
                 message(replace("./A", opaque(evil.encode("utf-16"))), replace("./B", string(f"1\n{evil}\n")))]
        legal = evil.replace("\x1b", "").replace("\x07", "")
        xml = [f"<SyncML><SyncHdr/><SyncBody><Replace><Item><Data>{legal}</Data></Item></Replace></SyncBody></SyncML>".encode(),
               f"<a{legal}/>".encode()]
        trigger = vectors("notification/accepted.vec")[0]["message"]
        notification = [trigger.replace(b"com.mgmtsrv", b"com\x1b[2Jsrv\x9b")]
        line = json.dumps({"direction": evil, "time": evil, "content_type": evil, "headers": {evil: evil}, evil: evil,
                           "file": evil}, ensure_ascii=False)
        for octets in wbxml + xml + notification + [line.encode()]:
            path = self.file("evil\x1b[2J", octets)
            for options in ((), ("--json",), ("--canonical",), ("--offsets",)):
                done = self.trace("decode", path, *options)
                found = DRIVES_TERMINAL.search(done.out + done.err)
                self.assertIsNone(found, f"{found}: {done!r}")
        self.assertIn(r"a\x1b[2Jb\x07\x7f\u{9b}31m\u{202e}gnp\u{2066}\u{feff}\\end", self.decode(wbxml[0]))
        missing = self.trace("decode", "no\x1b[2Jfile")
        self.assertEqual(missing.code, 5)
        self.assertIsNone(DRIVES_TERMINAL.search(missing.err), repr(missing))


class Usage(Decode):
    def test_exit_statuses(self):
        path = self.file("m.wbxml", message())
        self.assertEqual(self.trace("--version").code, 0)
        for help_text in (self.trace("--help"), self.trace("decode", "--help")):
            self.assertEqual((help_text.code, help_text.err), (0, ""))
        for wrong in ((), ("decode",), ("decode", path, "--engine", "none"), ("decode", path, "--nothing"), ("explain", path),
                      ("decode", path, "--offsets", "--canonical"), ("decode", path, "--json", "--canonical"),
                      ("decode", path, "--offsets", "--engine", "libwbxml"),
                      ("decode", os.path.join(VECTORS, "messages/challenge-1.xml"), "--engine", "libwbxml")):
            done = self.trace(*wrong)
            self.assertEqual(done.code, 2, repr(done))
            self.assertRegex(done.err, r"^dm-trace: ")
        missing = self.trace("--json", "decode", os.path.join(self.directory, "none"))
        self.assertEqual((missing.code, missing.json()["exit"]), (5, 5))
        self.assertEqual(self.trace("decode", self.directory).code, 5)
        self.assertEqual((self.trace("decode", "--quiet", path).out, self.trace("--json", "decode", path).json()["kind"]), ("", "syncml"))

    def test_manual_and_completion_know_every_option(self):
        options = set(re.findall(r"--[a-z]+", self.trace("decode", "--help").out + self.trace("--help").out))
        self.assertIn("--canonical", options)
        with open(os.path.join(ROOT, "tools/dm-trace/dm-trace.1"), encoding="utf-8") as page:
            self.assertEqual(options - set(re.sub(r"\bFl -", "--", page.read()).split()), set())
        with open(os.path.join(ROOT, "tools/dm-trace/dm-trace.bash"), encoding="utf-8") as completion:
            self.assertEqual(options - {"--state", "--config"} - set(re.findall(r"--[a-z]+", completion.read())), set())


if __name__ == "__main__":
    main()
