#!/usr/bin/env python3
"""A firmware image over HTTPS whose connection is cut again and again: what dm-client takes for it, beside curl in the
same run. Prints the figures; exit status 1 when one is out of its bounds.

Usage: firmware_download.py [--size MiB] [--cuts N] [--no-time]

OMADM_BIN_DIR holds the programs, OMADM_HTTPS_SOURCE is the server of tests/bench/download. What is downloaded goes to
TMPDIR. --no-time leaves out the comparison with curl, which a busy machine would fail."""
import argparse
import filecmp
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

BIN = os.environ["OMADM_BIN_DIR"]
SOURCE = os.environ["OMADM_HTTPS_SOURCE"]
BUFFER = 100 << 10  # octets that may be lost with a connection, or with a process
MOST_RESIDENT = 24 << 10  # kB
LEAST_RATIO = 0.9
PATIENCE = 120  # seconds


class Source:
    """The server, for one download."""

    def __init__(self, image, pem, cuts):
        self.process = subprocess.Popen([SOURCE, image, pem, *map(str, cuts)], stdout=subprocess.PIPE, text=True)
        self.url = f"https://127.0.0.1:{self.process.stdout.readline().split()[1]}/image"
        self.answers = []  # first octet, octets sent, milliseconds
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stdout:
            first, sent, took = line.split()
            self.answers.append((int(first), int(sent), float(took)))

    def stop(self, answers):
        """When so many answers were given."""
        deadline = time.monotonic() + PATIENCE
        while len(self.answers) < answers and time.monotonic() < deadline:
            time.sleep(0.01)
        self.process.kill()
        self.process.wait()
        if len(self.answers) < answers:
            sys.exit(f"{answers} answers of the server were expected, it gave {self.answers}")
        return self.answers


class Device:
    """A dm-client that is told what to fetch by dmtree-cli."""

    def __init__(self, directory, pem, max_rate=0):
        """max_rate: octets a second, 0 for as fast as it goes."""
        self.state = os.path.join(directory, "state")
        self.config = os.path.join(directory, "dm-client.toml")
        self.log = os.path.join(directory, "log")
        with open(self.config, "w", encoding="utf-8") as out:
            out.write(f'[device]\ndev_id = "urn:example:bench"\n[tls]\nca_file = "{pem}"\n'
                      f'[fumo]\nbackend = "command"\ncommand = "true"\nallow_unverified = true\n'
                      f'max_size = {1 << 33}\nmax_rate = {max_rate}\n')
        self.daemon = None
        self.resident = 0  # kB, the most so far

    def start(self):
        os.makedirs(self.state, exist_ok=True)
        with open(self.log, "ab") as log:
            self.daemon = subprocess.Popen([os.path.join(BIN, "dm-client"), "--state", self.state, "--config", self.config, "run"],
                                           stdout=subprocess.DEVNULL, stderr=log)
        while subprocess.run(self.cli("get", "./FUMO/1/State"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             check=False).returncode != 0:
            if self.daemon.poll() is not None:
                sys.exit(f"dm-client did not start, see {self.log}")
            time.sleep(0.02)

    def kill(self):
        with open(f"/proc/{self.daemon.pid}/status", encoding="ascii") as status:
            self.resident = max(self.resident, int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]))
        self.daemon.kill()
        self.daemon.wait()

    def cli(self, *arguments):
        return [os.path.join(BIN, "dmtree-cli"), "--state", self.state, *arguments]

    def begin(self, url):
        subprocess.run(self.cli("set", "./FUMO/1/Download/PkgURL", url), check=True, timeout=PATIENCE)
        subprocess.run(self.cli("exec", "./FUMO/1/Download"), check=True, timeout=PATIENCE, stdout=subprocess.DEVNULL)

    def wait(self):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            state = subprocess.run(self.cli("get", "./FUMO/1/State", "--raw"), stdout=subprocess.PIPE, check=True).stdout.decode()
            if state == "50":
                return
            if state == "20" or self.daemon.poll() is not None:
                break
            time.sleep(0.5)  # each look is a process that takes its time from what is measured
        with open(self.log, encoding="utf-8", errors="replace") as log:
            sys.exit("the download failed:\n" + log.read()[-3000:])

    def octets_there(self):
        """Of the image, so far."""
        while True:
            found = self.file(".pkg") or self.file(".part")
            try:
                return os.path.getsize(found) if found else 0
            except FileNotFoundError:  # what was a part is a package now
                continue

    def wait_for_octets(self, octets):
        """Until so many are there, or all of them."""
        deadline = time.monotonic() + PATIENCE
        while self.octets_there() < octets and not self.file(".pkg"):
            if time.monotonic() > deadline:
                sys.exit(f"{octets} octets never came, see {self.log}")
            time.sleep(0.0005)

    def file(self, suffix):
        directory = os.path.join(self.state, "downloads")
        found = [name for name in os.listdir(directory) if name.endswith(suffix)] if os.path.isdir(directory) else []
        return os.path.join(directory, found[0]) if found else ""

    def forget(self):
        shutil.rmtree(self.state)


class Bench:
    def __init__(self, directory, options):
        self.options, self.directory, self.failed = options, directory, False
        self.image, self.pem = os.path.join(directory, "image"), os.path.join(directory, "host.pem")
        self.size = int(options.size * (1 << 20))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", self.pem, "-out", self.pem + ".cert"],
                       check=True, stderr=subprocess.DEVNULL)
        with open(self.pem, "ab") as pem, open(self.pem + ".cert", "rb") as cert:
            pem.write(cert.read())
        block = random.Random(1).randbytes(1 << 20)
        with open(self.image, "wb") as out:
            for number in range(0, self.size, len(block)):
                out.write((number.to_bytes(8, "little") + block[8:])[:self.size - number])
        rng = random.Random(2)
        self.cuts = sorted(rng.sample(range(1 << 10, self.size - 1), options.cuts))

    def say(self, what, figure, bound, good):
        self.failed = self.failed or not good
        print(f"{what:<62}{figure:>14}   ({bound}){'' if good else '   OUT OF BOUNDS'}", flush=True)

    def rate(self, answers):
        return self.size / (answers[-1][2] / 1000) / (1 << 20)

    def curl(self):
        """As one would write it in a shell: again until it is there."""
        source = Source(self.image, self.pem, self.cuts)
        target = os.path.join(self.directory, "curl")
        command = ["curl", "--silent", "--cacert", self.pem, "--continue-at", "-", "--output", target, source.url]
        while subprocess.run(command, stderr=subprocess.DEVNULL, timeout=PATIENCE, check=False).returncode != 0:
            pass
        answers = source.stop(len(self.cuts) + 1)
        if not filecmp.cmp(self.image, target, shallow=False):
            sys.exit("curl fetched something else")
        os.remove(target)
        return self.rate(answers)

    def check_image(self, device):
        self.say("the image is there, octet for octet", "yes" if filecmp.cmp(self.image, device.file(".pkg"), shallow=False) else "NO", "yes",
                 filecmp.cmp(self.image, device.file(".pkg"), shallow=False))

    def connections_cut(self):
        source = Source(self.image, self.pem, self.cuts)
        device = Device(self.directory, self.pem)
        device.start()
        device.begin(source.url)
        device.wait()
        answers = source.stop(len(self.cuts) + 1)
        device.kill()
        again = [first + sent - after for (first, sent, _), (after, _, _) in zip(answers, answers[1:])]
        self.say("connections cut", len(answers) - 1, f"{len(self.cuts)}", len(answers) - 1 == len(self.cuts))
        self.say("octets fetched twice after a cut, the most", max(again, default=0), f"at most {BUFFER}", all(0 <= octets <= BUFFER for octets in again))
        self.say("resident memory of dm-client, the most, kB", device.resident, f"below {MOST_RESIDENT}", device.resident < MOST_RESIDENT)
        self.check_image(device)
        device.forget()
        return self.rate(answers)

    def processes_killed(self):
        """What was there when the process was killed is not fetched again."""
        source = Source(self.image, self.pem, [])
        device = Device(self.directory, self.pem, self.size // 2)  # however slow we are ourselves, there is time to kill it
        device.start()
        device.begin(source.url)
        there = []
        for cut in self.cuts:
            # More than last time: an answer of the server is at work, and this kill will be the end of it.
            device.wait_for_octets(max([cut, *(had + 1 for had in there)]))
            device.kill()
            had = device.octets_there()
            device.start()
            if had == self.size:  # it was done before it could be killed once more
                break
            there.append(had)
        device.wait()
        answers = source.stop(len(there) + 1)
        device.kill()
        again = [had - after for had, (after, _, _) in zip(there, answers[1:])]
        self.say("times dm-client was killed", len(there), "at least 1", len(there) > 0)
        self.say("octets fetched twice after a kill, the most", max(again, default=0), f"at most {BUFFER}", all(0 <= octets <= BUFFER for octets in again))
        self.say("resident memory of dm-client, the most, kB", device.resident, f"below {MOST_RESIDENT}", device.resident < MOST_RESIDENT)
        self.check_image(device)
        device.forget()

    def run(self):
        print(f"{self.options.size} MiB over HTTPS on loopback, cut {self.options.cuts} times")
        ours = self.connections_cut()
        self.processes_killed()
        if self.options.no_time:
            return
        # The other way round next, and the better of two: whatever else the machine does hits one of them.
        theirs = max(self.curl(), self.curl())
        ours = max(ours, self.connections_cut())
        self.say("MiB a second: curl", f"{theirs:.0f}", "to compare with", True)
        self.say("MiB a second: dm-client", f"{ours:.0f}", f"at least {LEAST_RATIO} times that", ours >= LEAST_RATIO * theirs)


def main():
    parser = argparse.ArgumentParser(description="Downloads of firmware, measured")
    parser.add_argument("--size", type=float, default=1024, metavar="MiB")
    parser.add_argument("--cuts", type=int, default=10, metavar="N")
    parser.add_argument("--no-time", action="store_true", help="without the comparison with curl")
    options = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="omadm-bench-")
    try:
        bench = Bench(directory, options)
        bench.run()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    sys.exit(1 if bench.failed else 0)


if __name__ == "__main__":
    main()
