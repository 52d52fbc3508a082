"""Power cuts with the installers of our own: any program, and a pair of slots."""
from firmware_lab import CommandDevice, FileDevice
from harness import main
from power_cut import PowerCut


class CommandInstaller(PowerCut, CommandDevice):
    pass


class FileInstaller(PowerCut, FileDevice):
    pass


del PowerCut  # no test of its own
if __name__ == "__main__":
    main()
