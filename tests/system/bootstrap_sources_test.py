"""Where an account is looked for, and in which order: what is named, what DNS finds, the smart card, the local link.
BOOT-080, BOOT-086, BOOT-088, BOOT-090."""
import os
import socket
import struct
import threading

from harness import SERVER_ID, DaemonLab, account_document, account_script, main

SESSION = """
[[session]]
account = "lab"
[[session.package]]
command = [ { cmd = "Get", uri = "./DevInfo/Man", expect = 200, expect_data = "Example Works" } ]
"""
CARDS = [f"https://{server}/OMA/DM/Bootstrap.xml" for server in ("127.0.0.1:4116", "[::1]:4116", "localuicc:443")]
OWNER = "_lab-bootstrap._tcp.example.test"


def dns_name(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label) + b"\0"


class NameServer:
    """Knows the SRV records it is given, priority first; any other name does not exist."""

    def __init__(self, records):
        self.records = records
        self.asked = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            query, peer = self.socket.recvfrom(4096)
            if not query:
                return self.socket.close()
            end = query.index(b"\0", 12) + 5
            question = query[12:end]
            known = question == dns_name(OWNER) + struct.pack(">HH", 33, 1)
            self.asked.append(question)
            answers = b""
            for priority, weight, port, target in self.records if known else ():
                data = struct.pack(">HHH", priority, weight, port) + dns_name(target)
                answers += b"\xc0\x0c" + struct.pack(">HHIH", 33, 1, 60, len(data)) + data
            count = len(self.records) if known else 0
            head = query[:2] + struct.pack(">HHHHH", 0x8580 | (0 if known else 3), 1, count, 0, 0)
            self.socket.sendto(head + question + answers, peer)

    def stop(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            host, port = self.address.split(":")
            end.sendto(b"", (host, int(port)))


class Sources(DaemonLab):
    def setUp(self):
        super().setUp()
        self.names = None

    def tearDown(self):
        if self.names:
            self.names.stop()
        super().tearDown()

    def bootstrap_server(self, name="server", **options):
        return self.serve('[server]\nid = "srv.example.com"\n' + account_script()
                          + '[bootstrap]\npath = "/boot"\n' + SESSION, name=name, **options)

    def boot(self, *arguments, code=0):
        """The command, and what it asked in turn."""
        done = self.client("--verbose", "bootstrap", "https", *arguments)
        self.assertEqual(done.code, code, repr(done))
        return [line.split("asking ")[1].split(" for a ")[0] for line in done.err.splitlines() if "asking " in line], done

    def know(self, *records):
        self.names = NameServer(records)
        return f'discovery = "{OWNER}"\ndiscovery_path = "/boot"\ndns_server = "{self.names.address}"\n'

    def closed_port(self):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    def test_BOOT_090_DNS_001_DNS_005_DNS_007_a_server_that_dns_finds(self):
        """The first of two is down; the second proves to be of the domain that was asked."""
        server = self.bootstrap_server(options=("--tls-name", "example.test"))
        down = self.closed_port()
        self.configure(server, "wbxml", "[bootstrap]\n" + self.know((20, 0, server.port, "localhost"),
                                                                    (10, 0, down, "localhost")))
        asked, done = self.boot()
        self.assertEqual(asked, [f"https://example.test/boot at localhost:{port}" for port in (down, server.port)])
        self.assertIn(f"looking for {OWNER} by DNS", done.err)
        self.assertEqual(self.value("./DMAcc/1/ServerID"), SERVER_ID)
        self.assertEqual(self.session().code, 0)
        self.assertEqual(server.wait(), 0, server.output())

    def test_DNS_007_a_server_of_another_name_gets_nothing(self):
        server = self.bootstrap_server()
        self.configure(server, "wbxml", "[bootstrap]\n" + self.know((10, 0, server.port, "localhost")))
        asked, done = self.boot(code=4)
        self.assertEqual(asked[0], f"https://example.test/boot at localhost:{server.port}")
        self.assertEqual(asked[1:], CARDS)
        self.assertIn("certificate", done.err)
        self.assertNotIn("POST", server.output())

    def test_BOOT_080_BOOT_086_BOOT_088_one_source_after_the_other(self):
        """404 of what is configured, no service by DNS, no card: the last word is the 404. A URL that is named is alone."""
        empty = self.serve('[server]\nid = "srv.example.com"\n' + account_script()
                           + '[bootstrap]\nstatus = 404\npath = "/boot"\n' + SESSION, once=False, name="empty")
        first, second = empty.url.replace("/dm", "/boot"), empty.url.replace("/dm", "/boot?again")
        self.configure(empty, "wbxml", f'[bootstrap]\nurl = ["{first}", "{second}"]\n'
                       + self.know((0, 0, 1, ".")))
        asked, done = self.boot(code=4)
        self.assertEqual(asked, [first, second, *CARDS])
        self.assertIn("DNS: there is no such service", done.err)
        self.assertIn("404", done.err.splitlines()[-1])
        self.assertEqual(len(self.names.asked), 1)
        asked, done = self.boot(second, code=4)
        self.assertEqual((asked, len(self.names.asked)), ([second], 1))

    def test_BOOT_090_nothing_is_looked_for_unless_a_name_is_configured(self):
        self.names = NameServer(())
        self.configure(None, "wbxml", f'[bootstrap]\ndns_server = "{self.names.address}"\n')
        self.assertEqual(self.boot(code=4)[0], CARDS)
        self.assertEqual(self.names.asked, [])

    def test_BOOT_080_BOOT_090_a_bootstrap_config_object(self):
        """Its URL is the first to be asked, and it may forbid that servers are looked for."""
        def leaf(name, value, form):
            return (f"<Node><NodeName>{name}</NodeName><RTProperties><Format><{form}/></Format><Type><MIME>text/plain</MIME>"
                    f"</Type></RTProperties><Value>{value}</Value></Node>")

        def node(name, content, type_name=""):
            return (f"<Node><NodeName>{name}</NodeName><RTProperties><Format><node/></Format><Type><DDFName>{type_name}"
                    f"</DDFName></Type></RTProperties>{content}</Node>")

        down = f"https://127.0.0.1:{self.closed_port()}"
        path = os.path.join(self.directory, "config.xml")
        with open(path, "w", encoding="utf-8") as out:
            out.write('<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD>'
                      + node("BootCfg", leaf("BootSrvDiscovery", "0", "int")
                             + node("BootSrvInfo", node("1", leaf("URL", down + "/managed", "chr"))),
                             "urn:oma:mo:oma-dm-bootstrapcfg:1.0") + "</MgmtTree>")
        self.configure(None, "wbxml", f'[bootstrap]\nurl = "{down}/configured"\n' + self.know((0, 0, 1, "localhost")))
        self.boot(code=4)
        self.assertEqual(len(self.names.asked), 1)
        done = self.tree_cli("import", path)
        self.assertEqual(done.code, 0, repr(done))
        self.assertEqual(self.boot(code=4)[0], [down + "/managed", down + "/configured", *CARDS])
        self.assertEqual(len(self.names.asked), 1)

    def test_MCPTT_014_the_local_link_comes_last(self):
        """Asked when nobody else answers, and not beside a server that has nothing."""
        link = self.bootstrap_server("link")
        empty = self.serve('[server]\nid = "srv.example.com"\n' + account_script()
                           + '[bootstrap]\nstatus = 404\npath = "/boot"\n' + SESSION, once=False, name="empty")
        there = link.url.replace("/dm", "/boot")
        down = f"https://127.0.0.1:{self.closed_port()}/boot"
        with open(link.ca, encoding="ascii") as a, open(empty.ca, encoding="ascii") as b:
            both = a.read() + b.read()
        trusted = os.path.join(self.directory, "both.pem")
        with open(trusted, "w", encoding="ascii") as out:
            out.write(both)

        def configured(url):
            self.configure(None, "wbxml", f'[tls]\nca_file = "{trusted}"\n[bootstrap]\nurl = "{url}"\noffline_url = "{there}"\n')

        configured(empty.url.replace("/dm", "/boot"))
        self.assertNotIn(there + ", on the local link,", self.boot(code=4)[0])
        configured(down)
        asked, _ = self.boot()
        self.assertEqual(asked, [down, *CARDS, there + ", on the local link,"])
        self.assertEqual(self.session().code, 0)

    def test_MCPTT_014_servers_of_the_local_link_stand_back(self):
        """T01, T02: while the on-line server can be reached, no session with the other; then one by itself."""
        script = '[server]\nid = "ID"\nstrict = false\n' + account_script() + SESSION.replace("[[session]]",
                                                                                              '[[session]]\nends = "any"')
        online = self.serve(script.replace("ID", SERVER_ID), once=False, name="online")
        link = self.serve(script.replace('"ID"', '"link.example"').replace(SERVER_ID, "link.example"), once=False,
                          name="link", tls=False)
        self.configure(online, "wbxml", "[security]\nallow_http = true\n")
        with open(self.config, encoding="utf-8") as text:
            config = text.read().replace("[session]\n", "[session]\npoll_interval_s = 1\n")
        with open(self.config, "w", encoding="utf-8") as out:
            out.write(config)
        self.install_account(online.url)
        path = os.path.join(self.directory, "link.xml")
        with open(path, "w", encoding="utf-8") as out:
            out.write(account_document(link.url, server_id="link.example", name="link"))
        self.assertEqual(self.client("bootstrap", "file", path, "--offline").code, 0)
        self.start_daemon()
        self.until(lambda: len(self.sessions(online)) >= 3)
        self.assertEqual(self.sessions(link), [])
        online.stop()
        self.until(lambda: len(self.sessions(link)) >= 1)
        self.assertEqual(self.value("./DMAcc/acme/ServerID"), SERVER_ID)

    def test_BOOT_090_UI_012_check_config_knows_what_cannot_be(self):
        for line in ('dns_server = "localhost"', 'discovery = "example.com"', 'discovery_path = "boot"'):
            self.configure(None, "wbxml", f"[bootstrap]\n{line}\n")
            done = self.client("check-config")
            self.assertEqual(done.code, 2, repr(done))
            self.assertIn(line.split(" ")[0], done.out + done.err)


if __name__ == "__main__":
    main()
