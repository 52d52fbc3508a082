"""Firmware updates with RAUC and SWUpdate: real services, real packages, private directories and a private bus."""
import os
import random
import shutil
import signal
import subprocess
import time

from firmware_test import MOMENTS, Firmware, read, write
from harness import PATIENCE, main

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={bus}</listen><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
"""
RAUC = """[system]
compatible=omadm-test
bootloader=custom
mountprefix={d}/mnt
statusfile={d}/status
[handlers]
bootloader-custom-backend={d}/boot.sh
[keyring]
path={d}/ca.pem
[slot.rootfs.0]
device={d}/slot-a
type=raw
bootname=A
[slot.rootfs.1]
device={d}/slot-b
type=raw
bootname=B
"""
BOOT = """#!/bin/sh
sleep 0.3
case $1 in
  get-primary) cat {d}/primary ;;
  set-primary) echo good >{d}/state-"$2" && echo "$2" >{d}/primary.new && mv {d}/primary.new {d}/primary ;;
  get-state) cat {d}/state-"$2" ;;
  set-state) echo "$3" >{d}/state.new && mv {d}/state.new {d}/state-"$2" ;;
esac
"""


def tools_missing(*names):
    missing = [name for name in names if shutil.which(name) is None and not os.path.exists("/usr/sbin/" + name)]
    if os.geteuid() != 0:
        missing.append("root's rights")
    return ", ".join(missing)


class Installers(Firmware):
    def run_tool(self, *command, **options):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self.directory,
                              timeout=PATIENCE, check=False, **options)
        self.assertEqual(done.returncode, 0, done.stdout.decode("utf-8", "replace"))

    def keys(self):
        """A signer whose certificate an authority issued, for mail as well: SWUpdate wants that."""
        write(self.path("ext"), b"extendedKeyUsage=emailProtection,codeSigning\n")
        for command in ("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ca -keyout ca.key -out ca.pem",
                        "req -newkey rsa:2048 -nodes -subj /CN=signer -keyout key.pem -out signer.csr",
                        "x509 -req -days 2 -in signer.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile ext -out cert.pem"):
            self.run_tool("openssl", *command.split())


class Rauc(Installers):
    def setUp(self):
        super().setUp()
        missing = tools_missing("rauc", "dbus-daemon", "mksquashfs", "openssl")
        if missing:
            self.skipTest("RAUC cannot run here: missing are " + missing)
        self.keys()
        for name, content in (("slot-a", self.old), ("slot-b", self.old), ("primary", b"A\n"), ("state-A", b"good\n"),
                              ("state-B", b"good\n"), ("system.conf", RAUC.format(d=self.directory).encode()),
                              ("bus.conf", BUS.format(bus=self.path("bus")).encode())):
            write(self.path(name), content)
        write(self.path("boot.sh"), BOOT.format(d=self.directory).encode(), 0o755)
        os.makedirs(self.path("mnt"))
        self.make_bundle("omadm-test", "key.pem")
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=" + self.path("bus")
        self.bus = subprocess.Popen(["dbus-daemon", "--config-file=" + self.path("bus.conf"), "--nofork", "--nopidfile"],
                                    stderr=subprocess.DEVNULL)
        self.wait_for(lambda: os.path.exists(self.path("bus")), "the bus")
        self.service = None
        self.start_service()

    def tearDown(self):
        if hasattr(self, "bus"):
            self.stop_service()
            self.bus.kill()
            self.bus.wait()
            del os.environ["DBUS_SYSTEM_BUS_ADDRESS"]
        super().tearDown()

    def make_bundle(self, compatible, key):
        shutil.rmtree(self.path("content"), ignore_errors=True)
        os.makedirs(self.path("content"))
        write(self.path("content/rootfs.img"), self.new)
        write(self.path("content/manifest.raucm"),
              f"[update]\ncompatible={compatible}\nversion=2.0\n[bundle]\nformat=plain\n[image.rootfs]\nfilename=rootfs.img\n"
              .encode())
        if os.path.exists(self.package):
            os.remove(self.package)
        self.run_tool("rauc", "--cert", self.path(key.replace("key", "cert")), "--key", self.path(key), "bundle",
                      self.path("content"), self.package)

    def start_service(self):
        with open(self.path("rauc.log"), "ab") as log:
            self.service = subprocess.Popen(["rauc", "-c", self.path("system.conf"), "--override-boot-slot=A", "service"],
                                            stdout=log, stderr=log, start_new_session=True)
        probe = ["busctl", "status", "de.pengutronix.rauc"] if shutil.which("busctl") else ["rauc", "status"]
        self.wait_for(lambda: subprocess.run(probe, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                             check=False).returncode == 0, "the RAUC service")

    def stop_service(self):
        """As a power cut would: nothing stays mounted."""
        if self.service is not None:
            os.killpg(self.service.pid, signal.SIGKILL)
            self.service.wait()
        subprocess.run(["umount", "-q", self.path("mnt/bundle")], stderr=subprocess.DEVNULL, check=False)

    def boots(self):
        """The image the device would start."""
        first = read(self.path("primary")).decode().strip()
        if read(self.path("state-" + first)).strip() == b"bad":
            first = "A" if first == "B" else "B"
        return read(self.path("slot-" + first.lower()))

    FUMO = 'backend = "rauc"'

    def test_FUMO_072_rauc_installs_and_shows_its_progress(self):
        server = self.begin(self.FUMO)
        daemon = self.daemon()
        seen = set()

        def ready():
            status = self.client("status").out
            if "updating " in status:
                seen.add(status[status.index("updating ") + 9:].split("%")[0])
            return self.reports(server)
        try:
            self.wait_for(lambda: os.path.exists(os.path.join(self.state, "control.sock")), "the daemon's start", daemon)
            self.session()
            self.wait_for(ready, "the report", daemon)
        finally:
            self.kill(daemon)
        self.assertEqual(self.reports(server), ["200"], self.log())
        self.assertEqual(self.boots(), self.new)
        self.assertTrue(any(percent.isdigit() for percent in seen), seen)
        server.stop()

    def test_FUMO_068_rauc_refuses_what_is_not_for_this_device_or_not_signed_by_whom_it_should(self):
        self.make_bundle("another-device", "key.pem")
        self.assertEqual(self.update(self.FUMO), ["403"], self.log())
        self.run_tool("openssl", *("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=other -keyout other-key.pem "
                                   "-out other-cert.pem").split())
        self.make_bundle("omadm-test", "other-key.pem")
        self.assertEqual(self.update(self.FUMO), ["404"], self.log())
        self.assertEqual(self.boots(), self.old)

    def test_FUMO_072_power_cuts_with_rauc(self):
        rng = random.Random(43)
        for moment in range(max(MOMENTS // 4, 2)):
            for name, content in (("slot-b", self.old), ("primary", b"A\n"), ("state-B", b"good\n")):
                write(self.path(name), content)
            server = self.begin(self.FUMO)
            daemon = self.daemon()
            self.wait_for(lambda: os.path.exists(os.path.join(self.state, "control.sock")), "the daemon's start", daemon)
            self.session()
            for _ in range(2):
                time.sleep(rng.uniform(0, 1.5))
                self.kill(daemon)
                self.stop_service()
                self.assertIn(self.boots(), (self.old, self.new), f"half an image at moment {moment}")
                self.start_service()
                daemon = self.daemon()
            try:
                self.wait_for(lambda: self.reports(server), f"the report after moment {moment}", daemon)
            finally:
                self.kill(daemon)
            self.assertEqual(set(self.reports(server)), {"200"}, self.log()[-3000:])
            self.assertEqual(self.boots(), self.new)
            server.stop()


class SwUpdate(Installers):
    def setUp(self):
        super().setUp()
        missing = tools_missing("swupdate", "cpio", "openssl")
        if missing:
            self.skipTest("SWUpdate cannot run here: missing are " + missing)
        self.keys()
        write(self.image, self.old)
        os.makedirs(self.path("tmp"))
        self.make_package("1.0")

    def make_package(self, hardware, key="key.pem", cert="cert.pem"):
        """Of one file, written beside and moved into its place by a script, as an update that must not be cut in half."""
        write(self.path("rootfs.img"), self.new)
        write(self.path("done.sh"), f"#!/bin/sh\ncase $1 in postinst) mv {self.image}.part {self.image} ;; esac\n".encode())
        digests = [subprocess.run(["sha256sum", self.path(name)], stdout=subprocess.PIPE, check=True).stdout.decode().split()[0]
                   for name in ("rootfs.img", "done.sh")]
        write(self.path("sw-description"), f'''software = {{
  version = "2.0";
  hardware-compatibility = [ "{hardware}" ];
  files: ( {{ filename = "rootfs.img"; path = "{self.image}.part"; sha256 = "{digests[0]}"; }} );
  scripts: ( {{ filename = "done.sh"; type = "shellscript"; sha256 = "{digests[1]}"; }} );
}}
'''.encode())
        self.run_tool("openssl", "cms", "-sign", "-in", "sw-description", "-out", "sw-description.sig", "-signer", cert,
                      "-inkey", key, "-outform", "DER", "-nosmimecap", "-binary")
        with open(self.package, "wb") as out:
            subprocess.run(["cpio", "-o", "-H", "crc", "--quiet"], stdout=out, cwd=self.directory, check=True,
                           input=b"sw-description\nsw-description.sig\nrootfs.img\ndone.sh\n")

    def fumo(self):
        os.environ["TMPDIR"] = self.path("tmp")
        self.addCleanup(os.environ.pop, "TMPDIR", None)
        return (f'backend = "swupdate"\ninstaller_verifies = true\n'
                f'command = ["swupdate", "-k", "{self.path("ca.pem")}", "-H", "omadm-test:1.0", "-i"]')

    def test_FUMO_072_swupdate_installs(self):
        self.assertEqual(self.update(self.fumo()), ["200"], self.log())
        self.assertEqual(read(self.image), self.new)

    def test_FUMO_068_swupdate_refuses_what_is_not_for_this_device_or_not_signed_by_whom_it_should(self):
        self.make_package("9.9")
        self.assertEqual(self.update(self.fumo()), ["410"], self.log())
        self.run_tool("openssl", *("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=other -keyout other.key "
                                   "-out other.pem").split())
        self.make_package("1.0", "other.key", "other.pem")
        self.assertEqual(self.update(self.fumo()), ["410"], self.log())
        self.assertEqual(read(self.image), self.old)

    def test_FUMO_072_power_cuts_with_swupdate(self):
        rng = random.Random(44)
        fumo = self.fumo()
        for moment in range(max(MOMENTS // 4, 2)):
            write(self.image, self.old)
            server = self.begin(fumo)
            daemon = self.daemon()
            self.wait_for(lambda: os.path.exists(os.path.join(self.state, "control.sock")), "the daemon's start", daemon)
            self.session()
            for _ in range(2):
                time.sleep(rng.uniform(0, 1.0))
                self.kill(daemon)
                self.assertIn(read(self.image), (self.old, self.new), f"half an image at moment {moment}")
                daemon = self.daemon()
            try:
                self.wait_for(lambda: self.reports(server), f"the report after moment {moment}", daemon)
            finally:
                self.kill(daemon)
            self.assertEqual(set(self.reports(server)), {"200"}, self.log()[-3000:])
            self.assertEqual(read(self.image), self.new)
            server.stop()


if __name__ == "__main__":
    main()
