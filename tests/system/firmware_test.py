"""Firmware updates with the real programs: who vouches for a package, restarts, and what a device waits for."""
import os
import pty
import subprocess

from firmware_lab import SIZE, CommandDevice, FileDevice, kill_session, read, write
from harness import PATIENCE, main, program, shown_on


class FirmwareUpdate(CommandDevice):
    def test_FUMO_068_a_signature_is_demanded_and_checked(self):
        self.assertEqual(subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-out", self.path("key")],
                                        capture_output=True, check=False).returncode, 0)
        subprocess.run(["openssl", "pkey", "-in", self.path("key"), "-pubout", "-out", self.path("pub")], check=True)
        fumo = self.fumo().replace("allow_unverified = true", f'public_key = "{self.path("pub")}"')
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
            server = self.begin(self.fumo() + f'\nrestart = "{self.path("restart.sh")}"\n'
                                f'confirm = "{self.path("confirm.sh")}"\n')
            daemon = self.daemon()
            self.started(daemon)
            self.session()
            self.wait_for(lambda: daemon.poll() is not None, "the restart")
            self.assertEqual(self.value("./FUMO/1/State"), "60")
            daemon = self.daemon()
            try:
                self.wait_for(lambda: self.reports(server), "the report", daemon)
            finally:
                kill_session(daemon)
            self.assertEqual(self.reports(server), [result])
            server.stop()

    def test_FUMO_050_FUMO_051_FUMO_052_FUMO_053_the_device_asks_whether_there_is_an_update(self):
        server = self.begin(self.fumo())
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
        server = self.begin(self.fumo() + f'\nhold_install = "{hold}"\n')
        daemon = self.daemon()
        try:
            self.started(daemon)
            self.session()
            self.wait_for(lambda: "waits: battery-low" in self.client("status").out, "the wait", daemon)
            self.assertEqual(read(self.image), self.old)
            os.remove(hold)
            self.wait_for(lambda: self.reports(server), "the report", daemon)
        finally:
            kill_session(daemon)
        self.assertEqual(self.reports(server), ["200"])
        self.assertEqual(read(self.image), self.new)
        server.stop()

    def executed_on_a_terminal(self, *arguments):
        """What dmtree-cli shows on one, and its exit status."""
        ours, theirs = pty.openpty()
        program_ = subprocess.Popen([program("dmtree-cli"), "--state", self.state, *arguments], stdin=subprocess.DEVNULL,
                                    stdout=subprocess.PIPE, stderr=theirs)
        os.close(theirs)
        shown = shown_on(ours)
        out, _ = program_.communicate(timeout=PATIENCE)
        return program_.returncode, out.decode(), shown.decode("utf-8", "replace")

    def test_FUMO_003_an_execution_of_the_devices_own_is_waited_for_and_shown(self):
        server = self.begin(self.fumo().replace("backend", f"max_rate = {SIZE // 2}\nbackend"))
        daemon = self.daemon()
        self.addCleanup(kill_session, daemon)
        self.started(daemon)
        leaf = "./FUMO/1/DownloadAndUpdate/PkgURL"
        self.assertEqual(self.tree_cli("set", leaf, server.url.replace("/dm", "/firmware")).code, 0)
        code, out, shown = self.executed_on_a_terminal("exec", "./FUMO/1/DownloadAndUpdate", "--wait")
        self.assertEqual((code, out), (0, "done\n"), shown)
        self.assertRegex(shown, r"downloading .* of 1\.0 MiB \(\d+%\)")
        self.assertEqual(read(self.image), self.new)
        self.assertEqual(self.value("./FUMO/1/State"), "10")
        self.assertEqual(self.tree_cli("set", leaf, server.url.replace("/dm", "/nothing")).code, 0)
        failed = self.tree_cli("exec", "./FUMO/1/DownloadAndUpdate", "--wait")
        self.assertEqual(failed.code, 1, repr(failed))
        self.assertIn("the operation failed", failed.err)
        self.assertEqual(self.tree_cli("exec", "./FUMO/1/DownloadAndUpdate").out, "accepted\n")
        server.stop()

    def test_FUMO_068_what_nobody_verifies_is_refused_by_the_configuration(self):
        self.configure(None, "xml", "[fumo]\n" + self.fumo().replace("allow_unverified = true", "") + "\n")
        done = self.client("check-config")
        self.assertEqual(done.code, 2, repr(done))
        self.assertIn("allow_unverified", done.err)


class SlotsOfFiles(FileDevice):
    def test_FUMO_072_the_image_in_use_is_not_written_however_the_link_is_written(self):
        for target in ("a", "./b/../a"):
            fumo = self.fumo()
            os.makedirs(self.path("b.d"), exist_ok=True)
            os.remove(self.image)
            os.symlink(target.replace("b/", "b.d/"), self.image)
            self.assertEqual(self.update(fumo), ["200"], self.log())
            self.assertEqual((read(self.path("a")), self.boots()), (self.old, self.new), target)

    def test_FUMO_072_without_knowing_the_image_in_use_none_is_written(self):
        def nothing():
            os.remove(self.image)

        def another_file():
            os.remove(self.image)
            os.symlink(self.package, self.image)

        def no_link():
            os.remove(self.image)
            write(self.image, self.old)

        def second_slot_is_the_first():
            os.remove(self.path("b"))
            os.symlink("a", self.path("b"))
        for trouble in (nothing, another_file, no_link, second_slot_is_the_first):
            with self.subTest(trouble.__name__):
                fumo = self.fumo()
                trouble()
                self.assertEqual(self.update(fumo), ["410"], self.log())
                self.assertEqual((read(self.path("a")), read(self.path("b"))), (self.old, self.old))
                self.assertEqual(os.path.islink(self.image), trouble in (another_file, second_slot_is_the_first))
                if os.path.islink(self.path("b")):
                    os.remove(self.path("b"))


if __name__ == "__main__":
    main()
