"""Power cuts with the installers of our own: any program, and a pair of slots."""
from firmware_lab import CommandDevice, FileDevice
from harness import main
from power_cut import PowerCut


class CommandInstaller(PowerCut, CommandDevice):
    def test_FUMO_070_FUMO_071_FUMO_072_at_random_moments(self):
        self.at_random_moments()

    def test_FUMO_011_FUMO_070_FUMO_072_at_every_state_change(self):
        self.at_every_state_change()


class FileInstaller(PowerCut, FileDevice):
    def test_FUMO_070_FUMO_071_FUMO_072_at_random_moments(self):
        self.at_random_moments()

    def test_FUMO_011_FUMO_070_FUMO_072_at_every_state_change(self):
        self.at_every_state_change()


if __name__ == "__main__":
    main()
