"""Power cuts with RAUC and SWUpdate, which lose their power as well."""
from firmware_services import RaucDevice, SwUpdateDevice
from harness import main
from power_cut import PowerCut


class Rauc(PowerCut, RaucDevice):
    steps = 4

    def test_FUMO_070_FUMO_071_FUMO_072_at_random_moments(self):
        self.at_random_moments()

    def test_FUMO_011_FUMO_070_FUMO_072_at_every_state_change(self):
        self.at_every_state_change()


class SwUpdate(PowerCut, SwUpdateDevice):
    steps = 4

    def test_FUMO_070_FUMO_071_FUMO_072_at_random_moments(self):
        self.at_random_moments()

    def test_FUMO_011_FUMO_070_FUMO_072_at_every_state_change(self):
        self.at_every_state_change()


if __name__ == "__main__":
    main()
