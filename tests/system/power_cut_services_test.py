"""Power cuts with RAUC and SWUpdate, which lose their power as well."""
from firmware_services import RaucDevice, SwUpdateDevice
from harness import main
from power_cut import PowerCut


class Rauc(PowerCut, RaucDevice):
    steps = 4


class SwUpdate(PowerCut, SwUpdateDevice):
    steps = 4


del PowerCut  # no test of its own
if __name__ == "__main__":
    main()
