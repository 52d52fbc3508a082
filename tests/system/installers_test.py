"""Firmware updates with RAUC and SWUpdate themselves."""
from firmware_lab import kill_session, read
from firmware_services import RaucDevice, SwUpdateDevice
from harness import main


class ShownProgress:
    """Mixed into a device."""

    def update_and_look(self):
        """The percentages that `dm-client status` showed during one update."""
        server = self.begin(self.fumo())
        daemon = self.daemon()
        seen = set()

        def ready():
            status = self.client("status").out
            if "updating " in status:
                seen.add(status[status.index("updating ") + 9:].split("%")[0])
            return self.reports(server)
        try:
            self.started(daemon)
            self.session()
            self.wait_for(ready, "the report", daemon)
        finally:
            kill_session(daemon)
        self.assertEqual(self.reports(server), ["200"], self.log())
        self.assertEqual(self.boots(), self.new)
        server.stop()
        return {percent for percent in seen if percent.isdigit()}


class Rauc(ShownProgress, RaucDevice):
    boot_delay = 0.3  # long enough to see the progress

    def test_FUMO_072_rauc_installs_and_shows_its_progress(self):
        self.assertTrue(self.update_and_look())

    def test_FUMO_068_rauc_refuses_what_is_not_for_this_device_or_not_signed_by_whom_it_should(self):
        self.make_bundle("another-device", "key.pem")
        self.assertEqual(self.update(self.fumo()), ["403"], self.log())
        self.make_bundle("omadm-test", "other-key.pem")
        self.assertEqual(self.update(self.fumo()), ["404"], self.log())
        self.assertEqual(self.boots(), self.old)


    def test_FUMO_072_an_installation_of_somebody_else_is_not_taken_for_ours(self):
        alien = self.make_bundle("another-device", "key.pem", self.path("alien"))
        server = self.begin(self.fumo(), self.script(package=alien))
        daemon = self.daemon()
        try:
            self.started(daemon)
            self.run_tool("dbus-send", "--bus=unix:path=" + self.path("bus"), "--print-reply", "--dest=de.pengutronix.rauc", "/",
                          "de.pengutronix.rauc.Installer.Install", "string:" + self.package)
            self.session()
            self.wait_for(lambda: self.reports(server), "the report", daemon)
        finally:
            kill_session(daemon)
        self.assertIn("busy with another installation", self.log())
        self.assertEqual(self.reports(server), ["403"], self.log())
        self.assertEqual(self.boots(), self.new)  # the other one's
        server.stop()


class SwUpdate(ShownProgress, SwUpdateDevice):
    script_delay = 1  # long enough to see the progress

    def test_FUMO_072_swupdate_installs_and_shows_its_progress(self):
        self.assertTrue(self.update_and_look())

    def test_FUMO_068_swupdate_refuses_what_is_not_for_this_device_or_not_signed_by_whom_it_should(self):
        self.make_package("9.9")
        self.assertEqual(self.update(self.fumo()), ["410"], self.log())
        self.make_package("1.0", "other-key.pem", "other-cert.pem")
        self.assertEqual(self.update(self.fumo()), ["410"], self.log())
        self.assertEqual(read(self.image), self.old)


if __name__ == "__main__":
    main()
