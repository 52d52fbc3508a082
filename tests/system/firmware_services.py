"""Devices with RAUC and SWUpdate: real services, real packages, private directories and a private bus."""
import os
import shutil
import subprocess

from firmware_lab import Ending, SigningDevice, kill_session, read, write
from harness import PATIENCE

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
sleep {delay}
case $1 in
  get-primary) cat {d}/primary ;;
  set-primary) echo good >{d}/state-"$2" && echo "$2" >{d}/primary.new && mv {d}/primary.new {d}/primary ;;
  get-state) cat {d}/state-"$2" ;;
  set-state) echo "$3" >{d}/state.new && mv {d}/state.new {d}/state-"$2" ;;
esac
"""


class RaucDevice(SigningDevice):
    boot_delay = 0.05  # seconds a call of the bootloader takes

    def setUp(self):
        super().setUp()
        missing = self.tools_missing("rauc", "dbus-daemon", "dbus-send", "mksquashfs", "openssl", "mount")
        if missing:
            self.skipTest("RAUC cannot run here: missing are " + missing)
        self.keys()
        write(self.path("system.conf"), RAUC.format(d=self.directory).encode())
        write(self.path("bus.conf"), BUS.format(bus=self.path("bus")).encode())
        write(self.path("boot.sh"), BOOT.format(d=self.directory, delay=self.boot_delay).encode(), 0o755)
        os.makedirs(self.path("mnt"))
        self.make_bundle("omadm-test", "key.pem")
        self.skip_unless_bundles_can_be_mounted()
        self.fumo()
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=" + self.path("bus")
        self.addCleanup(os.environ.pop, "DBUS_SYSTEM_BUS_ADDRESS")
        self.bus = subprocess.Popen(["dbus-daemon", "--config-file=" + self.path("bus.conf"), "--nofork", "--nopidfile"],
                                    stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        self.addCleanup(kill_session, self.bus)
        self.service = None
        self.addCleanup(self.power_off)
        self.wait_for(lambda: os.path.exists(self.path("bus")), "the bus", self.bus)
        self.power_on()

    def skip_unless_bundles_can_be_mounted(self):
        """RAUC looks into a bundle through a loop device, which a container need not have."""
        tried = subprocess.run(["mount", "-t", "squashfs", "-o", "loop,ro", self.package, self.path("mnt")], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE, check=False)
        if tried.returncode != 0:
            self.skipTest("RAUC cannot run here: a bundle cannot be mounted: " + tried.stdout.decode("utf-8", "replace").strip())
        subprocess.run(["umount", self.path("mnt")], timeout=PATIENCE, check=True)

    def make_bundle(self, compatible, key, package=None):
        package = package or self.package
        shutil.rmtree(self.path("content"), ignore_errors=True)
        os.makedirs(self.path("content"))
        write(self.path("content/rootfs.img"), self.new)
        write(self.path("content/manifest.raucm"),
              f"[update]\ncompatible={compatible}\nversion=2.0\n[bundle]\nformat=plain\n[image.rootfs]\nfilename=rootfs.img\n"
              .encode())
        if os.path.exists(package):
            os.remove(package)
        self.run_tool("rauc", "--cert", self.path(key.replace("key", "cert")), "--key", self.path(key), "bundle",
                      self.path("content"), package)
        return package

    def failures(self):
        alien = self.make_bundle("another-device", "key.pem", self.path("alien"))
        forged = self.make_bundle("omadm-test", "other-key.pem", self.path("forged"))
        return [Ending("the bundle is for another device", "403", lambda: (self.fumo(), self.script(package=alien, sessions=40))),
                Ending("the bundle is signed by a stranger", "404", lambda: (self.fumo(), self.script(package=forged, sessions=40)))]

    def on_the_bus(self):
        asked = subprocess.run(["dbus-send", "--bus=unix:path=" + self.path("bus"), "--print-reply", "--reply-timeout=2000",
                                "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.GetNameOwner",
                                "string:de.pengutronix.rauc"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, timeout=PATIENCE, check=False)
        return asked.returncode == 0

    def power_on(self):
        with open(self.path("rauc.log"), "ab") as log:
            self.service = subprocess.Popen(["rauc", "-c", self.path("system.conf"), "--override-boot-slot=A", "service"],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        try:
            self.wait_for(self.on_the_bus, "the RAUC service", self.service)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{read(self.path('rauc.log')).decode('utf-8', 'replace')[-2000:]}") from None

    def power_off(self):
        """Nothing stays mounted then."""
        if self.service is not None:
            kill_session(self.service)
        subprocess.run(["umount", "-q", self.path("mnt/bundle")], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       timeout=PATIENCE, check=False)

    def boots(self):
        first = read(self.path("primary")).decode().strip()
        if read(self.path("state-" + first)).strip() == b"bad":
            first = "A" if first == "B" else "B"
        return read(self.path("slot-" + first.lower()))

    def fumo(self):
        for name, content in (("slot-a", self.old), ("slot-b", self.old), ("primary", b"A\n"), ("state-A", b"good\n"),
                              ("state-B", b"good\n")):
            write(self.path(name), content)
        return 'backend = "rauc"'


class SwUpdateDevice(SigningDevice):
    script_delay = 0  # seconds the script of the package takes

    def setUp(self):
        super().setUp()
        missing = self.tools_missing("swupdate", "cpio", "openssl")
        if missing:
            self.skipTest("SWUpdate cannot run here: missing are " + missing)
        self.keys()
        os.makedirs(self.path("tmp"))
        os.environ["TMPDIR"] = self.path("tmp")
        self.addCleanup(os.environ.pop, "TMPDIR")
        self.make_package("1.0")

    def make_package(self, hardware, key="key.pem", cert="cert.pem", package=None):
        """Of one file, written beside and moved into its place by a script, as an update that must not be cut in half."""
        write(self.path("rootfs.img"), self.new)
        write(self.path("done.sh"), f"#!/bin/sh\nsleep {self.script_delay}\n"
              f"case $1 in postinst) mv {self.image}.part {self.image} ;; esac\n".encode())
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
        package = package or self.package
        with open(package, "wb") as out:
            subprocess.run(["cpio", "-o", "-H", "crc", "--quiet"], stdout=out, cwd=self.directory, check=True,
                           input=b"sw-description\nsw-description.sig\nrootfs.img\ndone.sh\n")
        return package

    def failures(self):
        alien = self.make_package("9.9", package=self.path("alien"))
        forged = self.make_package("1.0", "other-key.pem", "other-cert.pem", self.path("forged"))
        return [Ending("the image is for another device", "410", lambda: (self.fumo(), self.script(package=alien, sessions=40))),
                Ending("the image is signed by a stranger", "410", lambda: (self.fumo(), self.script(package=forged, sessions=40)))]

    def fumo(self):
        write(self.image, self.old)
        return (f'backend = "swupdate"\ninstaller_verifies = true\n'
                f'command = ["swupdate", "-k", "{self.path("ca.pem")}", "-H", "omadm-test:1.0", "-i"]')
