"""The worst messages of one megabyte: whatever a server sends, the client stays within 64 MB and a second of processor
time. It is told to take messages of that size, which it would not by default."""
import base64
import hashlib
import http.server
import os
import subprocess
import threading
import time
from xml.sax.saxutils import escape

from harness import PATIENCE, SANITIZED, SERVER_ID, SERVER_PASSWORD, Lab, main, program
from wbxml_samples import HEADER, opaque, string, tag

MEGABYTE = 1 << 20
MOST_KB = 64 * 1024
# A build for debugging takes several times as long as what is installed; sanitizers change both beyond comparison.
MOST_SECONDS = float(os.environ.get("OMADM_LIMIT_SECONDS", "6"))
NONCE = b"server-nonce-0"
DEVICE = "IMEI:493005100592800"


def proof():
    def digest(octets):
        return base64.b64encode(hashlib.md5(octets).digest())
    return digest(digest(f"{SERVER_ID}:{SERVER_PASSWORD}".encode()) + b":" + NONCE).decode()


def xml_message(session_id, body, root=""):
    return (f'<SyncML xmlns="SYNCML:SYNCML1.2"{root}><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto>'
            f"<SessionID>{session_id}</SessionID><MsgID>1</MsgID><Target><LocURI>{DEVICE}</LocURI></Target><Source><LocURI>"
            f"http://127.0.0.1/dm</LocURI><LocName>{SERVER_ID}</LocName></Source><Cred><Meta><Format xmlns=\"syncml:metinf\">b64"
            f"</Format><Type xmlns=\"syncml:metinf\">syncml:auth-md5</Type></Meta><Data>{proof()}</Data></Cred></SyncHdr><SyncBody>"
            f"<Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd><Data>212</Data></Status>"
            f"{body}<Final/></SyncBody></SyncML>").encode()


def wbxml_message(session_id, body, table=b""):
    meta = tag(0x1A, b"\0\1", tag(0x07, string("b64")), tag(0x13, string("syncml:auth-md5")), b"\0\0")
    header = tag(0x2C, tag(0x31, string("1.2")), tag(0x32, string("DM/1.2")), tag(0x25, string(session_id)), tag(0x1B, string("1")),
                 tag(0x2E, tag(0x17, string(DEVICE))), tag(0x27, tag(0x17, string("http://127.0.0.1/dm")), tag(0x16, string(SERVER_ID))),
                 tag(0x0E, meta, tag(0x0F, string(proof()))))
    status = tag(0x29, tag(0x0B, string("1")), tag(0x1C, string("1")), tag(0x0C, string("0")), tag(0x0A, string("SyncHdr")),
                 tag(0x0F, string("212")))
    head = HEADER[:-1] + opaque(table)[1:] if table else HEADER
    return head + tag(0x2D, header, tag(0x2B, status, body, tag(0x12)))


def repeated(make, octets=MEGABYTE - 2000):
    """make(0) + make(1) + … up to so many octets, of text or octets."""
    parts, size, number = [], 0, 0
    while True:
        part = make(number)
        size += len(part)
        if size > octets:
            return parts[0][:0].join(parts)
        parts.append(part)
        number += 1


def command(name, number, uri, rest=""):
    return (f"<{name}><CmdID>{number + 2}</CmdID><Item><Target><LocURI>{uri}</LocURI></Target>{rest}</Item></{name}>")


def subtree():
    node = '<Node><NodeName>n{}</NodeName><RTProperties><Format><chr/></Format></RTProperties><Value>1</Value></Node>'
    inner = repeated(lambda n: node.format(n), MEGABYTE // 3)
    document = ('<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD><Node><NodeName>T</NodeName><RTProperties><Format><node/>'
                f"</Format></RTProperties>{inner}</Node></MgmtTree>")
    meta = ('<Meta><Format xmlns="syncml:metinf">xml</Format><Type xmlns="syncml:metinf">application/vnd.syncml.dmtnds+xml'
            "</Type></Meta>")
    return f"<Add><CmdID>2</CmdID>{meta}<Item><Target><LocURI>./Lab</LocURI></Target><Data>{escape(document)}</Data></Item></Add>"


XML = {
    "deep": lambda: "<Sequence>" * (MEGABYTE // 11),
    "gets": lambda: repeated(lambda n: command("Get", n, "./DevInfo/Man")),
    "gets_of_nothing": lambda: repeated(lambda n: command("Get", n, f"./x{n}")),
    "adds": lambda: repeated(lambda n: command("Add", n, f"./Lab/n{n}", "<Data>1</Data>")),
    "replaces": lambda: repeated(lambda n: command("Replace", n, "./Lab/a", "<Data>1</Data>")),
    "atomic_that_fails": lambda: "<Atomic><CmdID>9999999</CmdID>" + repeated(
        lambda n: command("Add", n, f"./Lab/n{n}", "<Data>1</Data>"), MEGABYTE - 4000) + command("Delete", 999998, "./none") + "</Atomic>",
    "items": lambda: "<Add><CmdID>2</CmdID>" + repeated(
        lambda n: f"<Item><Target><LocURI>./Lab/i{n}</LocURI></Target><Data>1</Data></Item>") + "</Add>",
    "empty_items": lambda: "<Add><CmdID>2</CmdID>" + "<Item/>" * (MEGABYTE // 8) + "</Add>",
    "long_uri": lambda: command("Add", 0, "./Lab/" + "x" * MEGABYTE),
    "many_segments": lambda: command("Add", 0, "." + "/x" * (MEGABYTE // 2 - 1000), "<Data>1</Data>"),
    "references": lambda: command("Add", 0, "./Lab/r", "<Data>" + "&amp;" * (MEGABYTE // 5) + "</Data>"),
    "sections": lambda: command("Add", 0, "./Lab/r", "<Data>" + "<![CDATA[x]]>" * (MEGABYTE // 13) + "</Data>"),
    "comments": lambda: "<!---->" * (MEGABYTE // 7),
    "instructions": lambda: "<?a?>" * (MEGABYTE // 5),
    "unknown_elements": lambda: repeated(lambda n: f"<e{n}/>"),
    "statuses": lambda: repeated(lambda n: f"<Status><CmdID>{n + 2}</CmdID><MsgRef>1</MsgRef><CmdRef>2</CmdRef><Data>200</Data></Status>"),
    "rights": lambda: command("Replace", 0, "./Lab?prop=ACL", "<Data>" + escape("Get=" + "+".join(
        f"s{n}" for n in range(MEGABYTE // 8))) + "</Data>"),
    "base64": lambda: command("Add", 0, "./Lab/b", '<Meta><Format xmlns="syncml:metinf">b64</Format></Meta><Data>' +
                              "A A A A\n" * (MEGABYTE // 9) + "</Data>"),
    "choices": lambda: "<Alert><CmdID>2</CmdID><Data>1103</Data><Item/><Item><Data>?</Data></Item>" + repeated(
        lambda n: f"<Item><Data>{n}</Data></Item>") + "</Alert>",
    "nodes_of_a_subtree": subtree,
    "gets_of_subtrees": lambda: repeated(lambda n: command("Get", n, "./?list=TNDS")),
    "gets_of_structures": lambda: repeated(lambda n: command("Get", n, "./?list=StructData")),
    "items_of_subtrees": lambda: "<Get><CmdID>2</CmdID>" + repeated(
        lambda n: "<Item><Target><LocURI>./?list=TNDS</LocURI></Target></Item>", 900000) + "</Get>",
}
ROOTS = {  # attributes of the root element
    "attributes": lambda: repeated(lambda n: f' a{n}=""'),
    "namespaces": lambda: repeated(lambda n: f' xmlns:a{n}="u{n}"'),
}
LARGE = b"y" * 500000
LONG_ID = "7" * 40  # so that a megabyte holds no more commands than a message may


def wbxml_get(uri, cmd_id="2"):
    return tag(0x13, tag(0x0B, string(cmd_id)), tag(0x14, tag(0x2E, tag(0x17, uri))))


def wbxml_add(data):
    return tag(0x05, tag(0x0B, string("2")), tag(0x14, tag(0x2E, tag(0x17, string("./Lab/w"))), tag(0x0F, data)))


WBXML = {
    "deep": (lambda: b"\x64" * MEGABYTE, b""),
    "pages": (lambda: b"\0\0" * (MEGABYTE // 2), b""),
    "table_as_value": (lambda: wbxml_add(b"\x83\0" * 250000), LARGE + b"\0"),
    "table_as_addresses": (lambda: repeated(lambda n: wbxml_get(b"\x83\0"), 500000), LARGE + b"\0"),
    "table_as_names": (lambda: b"\x04\0" * 250000, LARGE + b"\0"),
    "strings_of_nothing": (lambda: wbxml_add(b"\x03\0" * (MEGABYTE // 2)), b""),
    "characters": (lambda: wbxml_add(b"\x02\x41" * (MEGABYTE // 2)), b""),
    "false_length": (lambda: wbxml_add(b"\xc3\x8f\xff\xff\xff\x7f" + b"z" * 900000), b""),
    "empty_elements": (lambda: b"\x14" * MEGABYTE, b""),
    "gets": (lambda: repeated(lambda n: wbxml_get(string("./x"))), b""),
    "gets_of_subtrees": (lambda: repeated(lambda n: wbxml_get(string("./?list=TNDS"), LONG_ID)), b""),
    "gets_of_structures": (lambda: repeated(lambda n: wbxml_get(string("./?list=StructData"), LONG_ID)), b""),
}


class Answers(http.server.BaseHTTPRequestHandler):
    """Answers the first message of a session with the message under test, further ones with an HTTP error."""

    def do_POST(self):  # pylint: disable=invalid-name
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.octets is None:
            return self.send_error(404)
        octets, self.server.octets = self.server.octets, None
        self.server.said = body
        self.send_response(200)
        self.send_header("Content-Type", f"application/vnd.syncml.dm+{self.server.encoding}")
        self.send_header("Content-Length", str(len(octets)))
        self.end_headers()
        return self.wfile.write(octets)

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


class Limits(Lab):
    def setUp(self):
        super().setUp()
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def tearDown(self):
        self.http.shutdown()
        self.http.server_close()
        super().tearDown()

    def measured(self):
        """Runs a session: peak of its resident memory in kB, seconds of processor time, exit status."""
        with subprocess.Popen([program("dm-client"), "--state", self.state, "--config", self.config, "session", "--server", SERVER_ID],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            peak, deadline = 0, time.monotonic() + PATIENCE
            while True:
                pid, status, usage = os.wait4(process.pid, os.WNOHANG)
                if pid:
                    process.returncode = os.waitstatus_to_exitcode(status)
                    return peak, usage.ru_utime + usage.ru_stime, process.returncode
                self.assertLess(time.monotonic(), deadline, "the session does not end")
                with open(f"/proc/{process.pid}/status", encoding="ascii") as text:
                    peak = max([peak, *(int(line.split()[1]) for line in text if line.startswith("VmHWM:"))])
                time.sleep(0.002)

    def run_one(self, make, encoding):
        self.configure(encoding=encoding, extra="[security]\nallow_http = true\n")
        with open(self.config, encoding="utf-8") as text:
            config = text.read().replace("[session]\n", f"[session]\nmax_msg_size = {2 * MEGABYTE}\n")
        with open(self.config, "w", encoding="utf-8") as text:
            text.write(config)
        self.install_account(f"http://127.0.0.1:{self.http.server_port}/dm", server_nonce=NONCE)
        for arguments in (("add", "./Lab"), ("acl", "./Lab", "Add=*&Delete=*&Get=*&Replace=*"), ("add", "./Lab/a", "1")):
            self.assertEqual(self.tree_cli(*arguments).code, 0)
        self.http.encoding = encoding
        self.http.octets = make("1")
        self.assertGreater(len(self.http.octets), MEGABYTE // 3)
        peak, seconds, code = self.measured()
        self.assertIsNone(self.http.octets, "the message was asked for")
        self.assertIn(code, (0, 1, 3, 4))
        self.assertEqual(self.tree_cli("store", "check").code, 0)
        if os.environ.get("OMADM_LIMIT_TELL"):
            print(f"{self.id().split('.')[-1]:50} {peak:7} kB {seconds:6.2f} s, exit {code}")
        if not SANITIZED:
            self.assertLessEqual(peak, MOST_KB)
            self.assertLessEqual(seconds, MOST_SECONDS)


def add_cases():
    def add(name, make, encoding):
        setattr(Limits, f"test_{name}_{encoding}", lambda self: self.run_one(make, encoding))
    for name, body in XML.items():
        add(name, lambda session_id, body=body: xml_message(session_id, body()), "xml")
    for name, root in ROOTS.items():
        add(name, lambda session_id, root=root: xml_message(session_id, "", root()), "xml")
    for name, (body, table) in WBXML.items():
        add(name, lambda session_id, body=body, table=table: wbxml_message(session_id, body(), table), "wbxml")


add_cases()
if __name__ == "__main__":
    main()
