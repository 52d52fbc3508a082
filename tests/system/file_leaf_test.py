"""Leaves whose values are files: a real dm-server sends what is too large for the memory of a device, in pieces."""
import hashlib
import os
import random
import re
import subprocess
import threading
import time

from harness import PATIENCE, SANITIZED, SERVER_ID, DaemonLab, account_script, main, program

LARGE = (10 if SANITIZED else 100) << 20  # octets; XML takes several times as long
LARGE_XML = (3 if SANITIZED else 24) << 20
SMALL = 3 << 20                           # for what is done many times
GROWTH_KB = 16 * 1024                     # that the device may need beyond what it has when idle
SESSION = '\n[[session]]\naccount = "lab"\n'
SOUND = "./Vendor/Player/Sound"
DDF = """<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD><Node><NodeName>Player</NodeName><Path>./Vendor</Path>
<DFProperties><AccessType><Add/><Get/></AccessType><DFFormat><node/></DFFormat><Scope><Permanent/></Scope>
<DFType><DDFName/></DFType></DFProperties>%s</Node></MgmtTree>"""
LEAF = """<Node><NodeName>%s</NodeName><DFProperties><AccessType>%s<Get/></AccessType><DFFormat><%s/></DFFormat>
<Occurrence><ZeroOrOne/></Occurrence><Scope><Dynamic/></Scope><DFType><MIME>%s</MIME></DFType></DFProperties></Node>"""


def digest(path):
    with open(path, "rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else \
            hashlib.sha256(content.read()).hexdigest()


class FileLeaf(DaemonLab):
    def setUp(self):
        super().setUp()
        self.folder = os.path.join(self.directory, "files")
        self.sound = os.path.join(self.folder, "sound")
        self.ddf = os.path.join(self.directory, "player.ddf.xml")
        every = "<Add/><Delete/><Replace/>"
        with open(self.ddf, "w", encoding="utf-8") as out:
            out.write(DDF % (LEAF % ("Sound", every, "bin", "application/octet-stream") + LEAF % ("Text", every, "chr", "text/plain")
                             + LEAF % ("Other", every, "bin", "application/octet-stream")
                             + LEAF % ("Fixed", "", "bin", "application/octet-stream")))

    def make(self, name, size, seed=1):
        path = os.path.join(self.directory, name)
        numbers = random.Random(seed)
        with open(path, "wb") as out:
            for _ in range(0, size, 1 << 20):
                out.write(numbers.randbytes(min(1 << 20, size - out.tell())))
        return path

    def mo(self, more=""):
        return (f'[[mo]]\nddf = "{self.ddf}"\n[mo.files]\n"{SOUND}" = "{self.sound}"\n"./Vendor/Player/Fixed" = "{self.folder}/fixed"\n'
                f'"./Vendor/Player/Text" = {{ path = "{self.folder}/text", max_size = 100 }}\n' + more)

    def equip(self, script, encoding="wbxml", more="", **options):
        server = self.serve(account_script() + script, **options)
        self.configure(server, encoding, self.mo(more))
        if not os.path.exists(os.path.join(self.state, "tree.journal")):
            self.install_account(server.url)
            done = self.cli("acl", "./Vendor/Player", "Add=*&Get=*&Replace=*&Delete=*")
            self.assertEqual(done.code, 0, repr(done))
        else:
            done = self.cli("set", "./DMAcc/acme/AppAddr/1/Addr", server.url)
            self.assertEqual(done.code, 0, repr(done))
        return server

    def cli(self, *arguments):
        return self.tree_cli("--config", self.config, *arguments)

    @staticmethod
    def send(path, uri=SOUND, expect="[200, 213]", cmd="Replace", more=""):
        return f'{{ cmd = "{cmd}", uri = "{uri}", format = "bin", type = "application/octet-stream", data_file = "{path}", expect = {expect}{more} }}'

    def exchange(self, commands, **options):
        server = self.equip(SESSION + f"[[session.package]]\ncommand = [ {commands} ]\n", **options)
        done = self.session("--json")
        self.assertEqual(done.code, 0, repr(done) + server.output()[-3000:])
        self.assertEqual(server.wait(), 0, server.output()[-3000:])
        return [(command["command"], command["status"]) for command in done.json()["commands"] if command["command"] != "Alert"]

    def litter(self):
        return sorted(name for name in os.listdir(self.folder) if ".omadm" in name) if os.path.isdir(self.folder) else []

    def old_value(self):
        old = self.make("old", 100000, 7)
        self.exchange(self.send(old, cmd="Add"))
        self.assertEqual(digest(self.sound), digest(old))
        self.assertEqual(self.litter(), [])
        return old

    def start_session(self):
        return subprocess.Popen([program("dm-client"), "--state", self.state, "--config", self.config, "session", "--server", SERVER_ID],
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def grown(self, octets):
        """Waits until so much of a new value is on the disk."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            sizes = [os.path.getsize(os.path.join(self.folder, name)) for name in self.litter()]
            if sizes and max(sizes) >= octets:
                return True
            time.sleep(0.001)
        return False


class Large(FileLeaf):
    """What is far larger than GROWTH_KB in constant memory, through the daemon."""

    def receive(self, encoding, size):
        old = self.old_value()
        large = self.make("large", size)
        server = self.equip(SESSION + f"[[session.package]]\ncommand = [ {self.send(large)} ]\n", encoding, name="second")
        self.start_daemon()

        def resident(what):
            with open(f"/proc/{self.daemon.pid}/status", encoding="ascii") as status:
                return int(re.search(what + r":\s+(\d+) kB", status.read()).group(1))

        idle = resident("VmRSS")
        seen = []
        watching = threading.Event()

        def watch():
            while not watching.wait(0.02):
                if self.litter():
                    seen.append(digest(self.sound) == digest(old))

        watcher = threading.Thread(target=watch)
        watcher.start()
        begun = time.monotonic()
        done = subprocess.run([program("dm-client"), "--state", self.state, "--config", self.config, "session", "--server", SERVER_ID],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=10 * PATIENCE, check=False)
        watching.set()
        watcher.join()
        self.assertEqual(done.returncode, 0, done.stdout[-3000:].decode() + server.output()[-3000:])
        self.assertEqual(server.wait(), 0, server.output()[-3000:])
        self.assertEqual(digest(self.sound), digest(large))
        self.assertEqual(self.litter(), [])
        peak = resident("VmHWM")
        print(f"{encoding}: {size >> 20} MiB in {time.monotonic() - begun:.1f} s, idle {idle} kB, peak {peak} kB, {len(seen)} looks", flush=True)
        if not SANITIZED:
            self.assertLess(peak - idle, GROWTH_KB)
        self.assertGreater(len(seen), 3)
        # The last looks may have come between the commit and the answer.
        self.assertNotIn(False, seen[:-2], "the old file did not stay to the end")

    def test_PRO_255_PRO_258_large_value_in_wbxml(self):
        self.receive("wbxml", LARGE)

    def test_PRO_255_PRO_258_large_value_in_xml(self):
        self.receive("xml", LARGE_XML)


class Rules(FileLeaf):
    def test_PRO_028_killed_at_any_moment_the_old_value_or_the_new(self):
        old, new = self.old_value(), self.make("new", SMALL, 2)
        numbers = random.Random(3)
        seen = set()
        attempts = 5 if SANITIZED else 10
        for attempt in range(attempts):
            server = self.equip(SESSION + f"[[session.package]]\ncommand = [ {self.send(new)} ]\n", name=f"killed{attempt}")
            client = self.start_session()
            if attempt < attempts - 2:
                self.grown(numbers.randrange(1, SMALL))
                time.sleep(numbers.random() * 0.01)
            else:
                client.wait(PATIENCE)
            client.kill()
            client.wait()
            server.stop()
            self.exchange('{ cmd = "Get", uri = "./DevInfo/Man", expect = 200 }', name=f"after{attempt}")
            self.assertEqual(self.litter(), [])
            now = digest(self.sound)
            self.assertIn(now, (digest(old), digest(new)))
            seen.add(now)
            if now == digest(new):
                self.exchange(self.send(old), name=f"back{attempt}")
        self.assertEqual(len(seen), 2)

    def test_PRO_262_a_session_that_ends_early_leaves_nothing(self):
        old, new = self.old_value(), self.make("new", SMALL, 2)
        server = self.equip(SESSION + f"[[session.package]]\ncommand = [ {self.send(new)} ]\n", name="stopped")
        client = self.start_session()
        self.assertTrue(self.grown(SMALL // 4))
        server.stop()
        self.assertNotEqual(client.wait(PATIENCE), 0)
        self.assertEqual(self.litter(), [])
        self.assertEqual(digest(self.sound), digest(old))
        self.exchange('{ cmd = "Get", uri = "./DevInfo/Man", expect = 200 }', name="after")
        self.assertEqual(digest(self.sound), digest(old))

    def test_PRO_254_PRO_258_what_is_refused_writes_nothing(self):
        large, small = self.make("large", 200000), self.make("small", 90)
        text = os.path.join(self.directory, "words")
        with open(text, "w", encoding="ascii") as out:
            out.write("w" * 101)
        statuses = self.exchange(", ".join([
            self.send(large, "./Vendor/Player/Fixed", "404"), self.send(large, "./DevInfo/Man", "405"),
            f'{{ cmd = "Add", uri = "./Vendor/Player/Text", data_file = "{text}", expect = 413 }}',
            f'{{ cmd = "Add", uri = "./Vendor/Player/Text", data_file = "{text}", chunk = 60, expect = 413 }}',
            f'{{ cmd = "Add", uri = "{SOUND}", format = "int", data = 3, chunk = 1, expect = 415 }}',
            f'{{ cmd = "Add", uri = "{SOUND}", format = "bin", type = "application/octet-stream", data_base64 = "AAAA", more = true, size = 9, expect = 213 }}',
            '{ cmd = "Get", uri = "./DevInfo/Man", expect = 200 }',
            self.send(small, "./Vendor/Player/Sound", "200", "Add")]))
        self.assertTrue(statuses)
        self.assertEqual(os.listdir(self.folder), ["sound"])
        self.assertEqual(digest(self.sound), digest(small))

    def test_without_the_daemon_and_the_configuration(self):
        """dmtree-cli reads and writes the file itself; what is wrong with `files` is named with file and key."""
        old = self.old_value()
        with open(old, "rb") as content:
            octets = content.read()
        shown = subprocess.run([program("dmtree-cli"), "--state", self.state, "--config", self.config, "get", SOUND, "--raw"],
                               stdout=subprocess.PIPE, check=True)
        self.assertEqual(shown.stdout, octets)
        done = self.cli("set", SOUND, "other")
        self.assertEqual(done.code, 0, repr(done))
        with open(self.sound, "rb") as content:
            self.assertEqual(content.read(), b"other")
        self.assertEqual(self.cli("rm", SOUND).code, 0)
        self.assertFalse(os.path.exists(self.sound))
        checked = self.client("check-config", "--json")
        self.assertEqual(checked.code, 0, repr(checked))
        self.assertEqual(checked.json()["mo"][0]["files"]["./Vendor/Player/Text"], {"path": f"{self.folder}/text", "max_size": 100})
        for lines, what in ((f'"./Vendor/Nowhere" = "{self.sound}"', "is not described"), ('"no uri//" = "/x"', "no uri//"),
                            (f'"./Vendor/Player" = "{self.sound}"', "no leaf"), (f'"{SOUND}" = ""', "names no file"),
                            (f'"{SOUND}" = {{ max_size = 3 }}', "path: missing"), (f'"{SOUND}" = {{ path = "/x", size = 3 }}', "size"),
                            (f'"{SOUND}" = {{ path = "/x", max_size = 0 }}', "max_size"), (f'"{SOUND}" = 3', SOUND),
                            (f'"{SOUND}" = "/x"\n"./Vendor/Player/Text" = "/x"', "both")):
            self.configure(extra=f'[[mo]]\nddf = "{self.ddf}"\n[mo.files]\n{lines}\n')
            done = self.client("check-config")
            self.assertEqual(done.code, 2, repr(done))
            self.assertIn(what, done.err)
            self.assertIn("dm-client.toml:", done.err)

    def test_a_handler_is_told_of_the_file(self):
        handler = os.path.join(self.directory, "handler")
        with open(handler, "w", encoding="ascii") as out:
            out.write(f'#!/bin/sh\necho "$* $OMADM_FILE $(wc -c <"$OMADM_FILE") $(wc -c)" >>{self.directory}/told\nexit 2\n')
        os.chmod(handler, 0o755)
        new = self.make("new", SMALL, 2)
        mo = self.mo
        self.mo = lambda more="": mo(more).replace("[mo.files]", f'handler = "command:{handler}"\n[mo.files]')
        self.exchange(self.send(new, cmd="Add"))
        with open(os.path.join(self.directory, "told"), encoding="ascii") as told:
            self.assertIn(f"add {SOUND} {self.sound} {SMALL} 0\n", told.read())


class Package(FileLeaf):
    """FUMO-017 and FUMO-004: PkgData in pieces, and the installer gets a file with all of them."""

    def test_FUMO_017_a_package_in_pieces_reaches_the_installer(self):
        package = self.make("package", SMALL, 5)
        installer = os.path.join(self.directory, "installer")
        image = os.path.join(self.directory, "image")
        with open(installer, "w", encoding="ascii") as out:
            out.write(f'#!/bin/sh\ncp "$OMADM_PACKAGE" {image}\n')
        os.chmod(installer, 0o755)
        commands = (self.send(package, "./FUMO/1/Update/PkgData") +
                    ', { cmd = "Get", uri = "./FUMO/1/Update/PkgData", expect = 405 }, { cmd = "Exec", uri = "./FUMO/1/Update", correlator = "c1", expect = 202 }')
        fumo = f'[fumo]\nbackend = "command"\ncommand = "{installer}"\nallow_unverified = true\n'
        work = os.path.join(self.directory, "work")
        server = self.equip(SESSION + f"[[session.package]]\ncommand = [ {commands} ]\n" + SESSION * 2, "wbxml", fumo + f'work_dir = "{work}"\n', once=False)
        self.start_daemon()
        done = self.session("--json")
        self.assertEqual(done.code, 0, repr(done) + server.output()[-3000:])
        self.until(lambda: self.value("./FUMO/1/State") == "10")
        self.assertEqual(digest(image), digest(package))
        self.assertIn("1226", server.output())
        self.assertEqual(os.listdir(work), [])
        stored = b"".join(self.stored().values())
        with open(package, "rb") as content:
            self.assertNotIn(content.read(64), stored)


if __name__ == "__main__":
    main()
