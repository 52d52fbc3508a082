"""A firmware host that means no good: what it sends is refused, the server learns why, and nothing of it stays: neither
memory nor descriptors nor room on the medium."""
import gzip
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time

from firmware_lab import SIZE, CommandDevice, kill_session
from harness import PATIENCE, SANITIZED, SERVER_ID, account_script, main

MAX_SIZE = 4 << 20
ETAG = 'ETag: "v1"\r\n'
DESCRIPTOR = "application/vnd.oma.dd+xml"


def head(status="200 OK", fields="", length=None, type_="application/octet-stream"):
    text = f"HTTP/1.1 {status}\r\nContent-Type: {type_}\r\nConnection: close\r\n{fields}"
    return (text + (f"Content-Length: {length}\r\n" if length is not None else "") + "\r\n").encode()


class Host:
    """Answers every path with the function of that name, over TLS or without."""

    def __init__(self, lab, pages, tls=True):
        self.pages = pages
        self.requests = []  # path and head, in order
        self.sent = {}  # by path: octets
        self.context = None
        if tls:
            cert, key = lab.path("host.pem"), lab.path("host.key")
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                            "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
                           check=True, stderr=subprocess.DEVNULL)
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(cert, key)
            self.cert = cert
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()
        lab.addCleanup(self.close)

    def close(self):
        # A thread that waits in accept() keeps the socket open.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            connection.settimeout(PATIENCE)
            if self.context is not None:
                connection = self.context.wrap_socket(connection, server_side=True)
            asked = b""
            while b"\r\n\r\n" not in asked:
                part = connection.recv(65536)
                if not part:
                    return
                asked += part
            text = asked.decode("latin-1")
            path = text.split()[1]
            self.requests.append((path, text))
            turn = sum(1 for known, _ in self.requests if known == path)

            def send(octets):
                connection.sendall(octets)
                self.sent[path] = self.sent.get(path, 0) + len(octets)
            self.pages[path.split("?")[0]](send, text, turn)
        except (OSError, ssl.SSLError):
            pass  # the client has had enough
        finally:
            connection.close()


def endless(send, chunk=b"x" * 65536):
    for _ in range(1 << 20):
        send(chunk)


def descriptor(text, fields=""):
    return lambda send, asked, turn: send(head(fields=fields, length=len(text), type_=DESCRIPTOR) + text)


def media(body):
    return f'<media xmlns="http://www.openmobilealliance.org/xmlns/dd">{body}</media>'.encode()


def redirect(target):
    return lambda send, asked, turn: send(head("302 Found", f"Location: {target}\r\n", 0))


class HostileHost(CommandDevice):
    proof = "none"

    def pages(self):
        """By path: what the host answers, and the result the server must get."""
        new, half = self.new, SIZE // 2
        plain = Host(self, {"/x": lambda send, asked, turn: send(head(length=SIZE) + new)}, tls=False)

        def first_half_then(rest, repeat=True):
            """Cut off at the half; the request for the rest is answered by `rest`, then, perhaps, honestly."""
            def page(send, asked, turn):
                if turn > 2 and not repeat:
                    start = int(re.search(r"Range: bytes=(\d+)-", asked)[1]) if "Range:" in asked else 0
                    part = f"Content-Range: bytes {start}-{SIZE - 1}/{SIZE}\r\n"
                    return send((head("206 Partial Content", ETAG + part, SIZE - start) if start else
                                 head(fields=ETAG, length=SIZE)) + new[start:])
                if turn == 1 or "Range:" not in asked:
                    return send(head(fields=ETAG, length=SIZE) + new[:half])
                return send(rest)
            return page

        def part(content_range, fields=ETAG, body=new[half:]):
            field = f"Content-Range: {content_range}\r\n" if content_range else ""
            return head("206 Partial Content", fields + field, len(body)) + body

        def trickle(send, asked, turn):
            send(head(fields=ETAG, length=SIZE))
            while True:
                send(b"x")
                time.sleep(0.3)

        def trickling_head(send, asked, turn):
            send(b"HTTP/1.1 200 OK\r\n")
            while True:
                send(b"X-A: b\r\n")
                time.sleep(0.2)

        def chunks(send, asked, turn):
            send(head(fields="Transfer-Encoding: chunked\r\n"))
            endless(send, b"10000\r\n" + b"x" * 65536 + b"\r\n")

        def onwards(send, asked, turn):
            step = int(re.search(r"n=(\d+)", asked)[1]) if "n=" in asked else 0
            send(head("302 Found", f"Location: /onwards?n={step + 1}\r\n", 0))

        size = f"<size>{SIZE}</size><type>application/octet-stream</type>"
        bomb = gzip.compress(media("<name>" + "x" * (50 << 20) + "</name>"), 1)
        laughs = (b'<!DOCTYPE media [<!ENTITY a "' + b"x" * 1000 + b'">' +
                  b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 20) for n in range(8)) + b"]>")
        other = new[:half] + b"y" * half
        return {
            # Endless, or of another length than was said.
            "/endless": (lambda send, asked, turn: (send(head()), endless(send)), "501"),
            "/chunks": (chunks, "501"),
            "/too-long": (lambda send, asked, turn: (send(head(length=1 << 40)), endless(send)), "501"),
            "/cut": (lambda send, asked, turn: send(head(length=SIZE) + new[:half]), "503"),
            "/two-lengths": (lambda send, asked, turn: send(head(fields="Content-Length: 5\r\n", length=SIZE) + new), "503"),
            "/no-length": (lambda send, asked, turn: send(head(length="12x") + new), "503"),
            "/shorter-than-described": (lambda send, asked, turn: send(head(length=half) + new[:half]), None),
            "/shorter": (descriptor(media(f"<objectURI>/shorter-than-described</objectURI>{size}")), "402"),
            "/unframed": (lambda send, asked, turn: (send(head()), endless(send)), None),
            "/longer": (descriptor(media(f"<objectURI>/unframed</objectURI>{size}")), "402"),
            "/empty": (lambda send, asked, turn: send(head(length=0)), "402"),
            # Slow.
            "/trickle": (trickle, "407"),
            "/trickling-head": (trickling_head, "407"),
            "/silence": (lambda send, asked, turn: time.sleep(8), "407"),
            # Another part than was asked for: never put together, and the file is had from its beginning.
            "/other-part": (first_half_then(part(f"bytes 0-{half - 1}/{SIZE}"), False), "200"),
            "/other-total": (first_half_then(part(f"bytes {half}-{SIZE - 1}/{SIZE + 1}"), False), "200"),
            "/no-part": (first_half_then(part(""), False), "200"),
            "/wild-part": (first_half_then(part(f"bytes {half}-18446744073709551616/*"), False), "200"),
            "/other-validator": (first_half_then(part(f"bytes {half}-{SIZE - 1}/{SIZE}", 'ETag: "v2"\r\n', other[half:]), False), "200"),
            "/whole-instead": (first_half_then(head(fields='ETag: "v2"\r\n', length=SIZE) + new), "200"),
            "/not-satisfiable": (first_half_then(head("416 No", f"Content-Range: bytes */{SIZE * 2}\r\n", 0), False), "200"),
            "/always-another-part": (first_half_then(part(f"bytes 0-{half - 1}/{SIZE}")), "503"),
            "/part-unasked": (lambda send, asked, turn: send(part(f"bytes 0-{SIZE - 1}/{SIZE}", body=new)), "503"),
            # Descriptors.
            "/compressed": (descriptor(bomb, "Content-Encoding: gzip\r\n"), "408"),
            "/secretly-compressed": (descriptor(bomb[:60000]), "405"),
            "/huge": (lambda send, asked, turn: (send(head(type_=DESCRIPTOR)), endless(send, b"<media>" * 1000)), "405"),
            "/deep": (descriptor(b"<media>" + b"<a>" * 10000), "405"),
            "/laughs": (descriptor(laughs + media(f"<objectURI>&i;</objectURI>{size}")), "405"),
            "/boundless": (descriptor(media("<objectURI>/cut</objectURI><size>18446744073709551615</size><type>a/b</type>")), "501"),
            "/described-file": (descriptor(media(f"<objectURI>file:///etc/passwd</objectURI>{size}")), "408"),
            "/itself": (descriptor(media(f"<objectURI>/itself</objectURI>{size}")), "405"),
            # Elsewhere.
            "/to-file": (redirect("file:///etc/passwd"), "408"),
            "/to-plain": (redirect(plain.url + "/x"), "408"),
            "/to-gopher": (redirect("gopher://127.0.0.1/1"), "408"),
            "/loop": (redirect("/loop2"), "500"),
            "/loop2": (redirect("/loop"), None),
            "/onwards": (onwards, "500"),
            "/to-nowhere": (lambda send, asked, turn: send(head("302 Found", "", 0)), "500"),
            "/redirect-body": (lambda send, asked, turn: (send(head("302 Found", "Location: /x\r\n")), endless(send)), "503"),
            # No HTTP.
            "/head": (lambda send, asked, turn: (send(b"HTTP/1.1 200 OK\r\n"), endless(send, b"X-A: " + b"b" * 1000 + b"\r\n")), "503"),
            "/noise": (lambda send, asked, turn: send(os.urandom(4096)), "503"),
            "/good": (lambda send, asked, turn: send(head(fields=ETAG, length=SIZE) + new), "200"),
        }

    def session_for(self, url):
        return f'''[[session]]
account = "lab"
ends = "any"
[[session.package]]
command = [ {{ cmd = "Replace", uri = "./FUMO/1/DownloadAndUpdate/PkgURL", data = "{url}" }},
            {{ cmd = "Exec", uri = "./FUMO/1/DownloadAndUpdate", correlator = "c-1" }} ]
[[session]]
account = "lab"
ends = "any"
'''

    def begin_against(self, host, urls, extra=""):
        """A running daemon, and a server that wants it to fetch each of the URLs in turn."""
        script = f'[server]\nid = "{SERVER_ID}"\nstrict = false\n' + account_script("none", "none")
        server = self.begin((extra or f"max_size = {MAX_SIZE}\n") + self.fumo(), script + "".join(map(self.session_for, urls)))
        with open(self.config, encoding="utf-8") as text:
            config = text.read().replace("timeout_s = 10", "timeout_s = 2").replace("count = 3", "count = 2")
        with open(self.config, "w", encoding="utf-8") as out:
            out.write(config)
        with open(server.ca, "a", encoding="ascii") as trusted, open(host.cert, encoding="ascii") as own:
            trusted.write(own.read())
        daemon = self.daemon()
        self.addCleanup(kill_session, daemon)
        self.started(daemon)
        return server, daemon

    def one(self, server, daemon, name):
        """The result of the next update, and whether its room was given back."""
        before = len(self.reports(server))
        self.fumo()  # the old image again
        self.session()
        self.wait_for(lambda: len(self.reports(server)) > before and self.value("./FUMO/1/State") == "10", f"the end of {name}", daemon)
        self.assertEqual(os.listdir(os.path.join(self.state, "downloads")), [], f"{name}: room not given back")
        return self.reports(server)[before:]

    def resident(self, daemon, what):
        with open(f"/proc/{daemon.pid}/status", encoding="ascii") as status:
            return int(re.search(what + r":\s+(\d+) kB", status.read())[1])

    def descriptors(self, daemon):
        return len(os.listdir(f"/proc/{daemon.pid}/fd"))

    def test_FUMO_060_FUMO_062_FUMO_063_FUMO_066_FUMO_068_what_a_hostile_host_sends_is_refused(self):
        cases = self.pages()
        host = Host(self, {path: page for path, (page, _) in cases.items()})
        wanted = [(path, result) for path, (_, result) in cases.items() if result is not None]
        wanted.insert(0, ("/good", "200"))  # to be compared with
        server, daemon = self.begin_against(host, [host.url + path for path, _ in wanted])
        before = None
        for path, result in wanted:
            with self.subTest(path):
                self.assertEqual(self.one(server, daemon, path), [result], self.log()[-1500:])
            self.assertEqual(self.boots(), self.new if result == "200" else self.old, path)
            if before is None:
                before = self.descriptors(daemon), self.resident(daemon, "VmRSS")
        for path, octets in host.sent.items():
            self.assertLess(octets, 3 * (MAX_SIZE + (8 << 20)), f"{path}: taken in spite of its length")
        self.assertLessEqual(self.descriptors(daemon), before[0] + 2, "descriptors leak")
        if not SANITIZED:
            self.assertLess(self.resident(daemon, "VmHWM"), before[1] + 4096, "kB resident: it grew")

    def test_FUMO_062_a_full_medium_is_reported_and_the_room_given_back(self):
        """The tree is on the same medium and must not suffer."""
        medium = tempfile.mkdtemp(prefix="omadm-lab-")
        self.addCleanup(os.rmdir, medium)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", medium], stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if mounted.returncode != 0:
            self.skipTest("no file system can be mounted here: " + mounted.stdout.decode("utf-8", "replace").strip())
        self.addCleanup(subprocess.run, ["umount", medium], check=True)
        self.state = os.path.join(medium, "device")
        host = Host(self, {"/endless": lambda send, asked, turn: (send(head(fields=ETAG)), endless(send)),
                           "/large": lambda send, asked, turn: (send(head(fields=ETAG, length=20 << 20)), endless(send)),
                           "/good": lambda send, asked, turn: send(head(fields=ETAG, length=SIZE) + self.new)})
        paths = ["/endless", "/large", "/good"]
        server, daemon = self.begin_against(host, [host.url + path for path in paths], f"max_size = {1 << 30}\n")
        for path, result in zip(paths, ("501", "501", "200")):
            self.assertEqual(self.one(server, daemon, path), [result], f"{path}\n{self.log()[-3000:]}")
        self.assertLess(shutil.disk_usage(medium).used, 1 << 20)
        check = self.tree_cli("store", "check")
        self.assertEqual(check.code, 0, repr(check))


if __name__ == "__main__":
    main()
