"""kill -9 during a session at random moments: the store is clean, and what was answered 200 is in the tree."""
import os
import random
import shutil
import subprocess
import time
import xml.etree.ElementTree as ET

from harness import SANITIZED, SERVER_ID, Lab, account_script, main, program

MOMENTS = int(os.environ.get("OMADM_KILL_MOMENTS", "25" if SANITIZED else "200"))
PACKAGES = 8
ADDS = 6


def script():
    text = '[server]\nid = "srv.example.com"\nstrict = false\n' + account_script()
    text += '[[session]]\naccount = "lab"\nends = "any"\n'
    for package in range(PACKAGES):
        commands = [f'{{ cmd = "Add", uri = "./P{package}N{n}", data = "{"v" * 50}{package}-{n}" }}' for n in range(ADDS)]
        commands.append(f'{{ cmd = "Atomic", command = [ {{ cmd = "Add", uri = "./A{package}x", data = "1" }}, '
                        f'{{ cmd = "Add", uri = "./A{package}y", data = "2" }} ] }}')
        text += "[[session.package]]\ncommand = [\n  " + ",\n  ".join(commands) + "\n]\n"
    return text


def local(element):
    return element.tag.rsplit("}", 1)[-1]


def acknowledged(server):
    """URIs whose Add was answered 200 in a message the server got."""
    uris = set()
    for path in server.messages("in"):
        with open(path, "rb") as document:
            try:
                root = ET.fromstring(document.read())
            except ET.ParseError:
                continue  # cut off while being sent: not an answer
        for status in (e for e in root.iter() if local(e) == "Status"):
            fields = {local(child): child.text for child in status}
            if fields.get("Cmd") == "Add" and fields.get("Data") == "200":
                uris.add(fields["TargetRef"])
    return uris


class Kill(Lab):
    def test_kill_9_at_random_moments(self):
        rng = random.Random(20240131)
        server = self.serve(script(), once=False, name="template")
        self.configure(server, "xml")
        self.install_account(server.url)
        started = time.monotonic()
        whole = self.session()
        duration = time.monotonic() - started
        self.assertEqual(whole.code, 0, repr(whole) + server.output())
        self.assertEqual(len(acknowledged(server)), PACKAGES * (ADDS + 2))
        server.stop()

        interrupted = 0
        for moment in range(MOMENTS):
            shutil.rmtree(self.state)
            os.makedirs(self.state)
            server = self.serve(script(), once=False, name=f"server{moment}")
            self.configure(server, "xml")
            self.install_account(server.url)
            client = subprocess.Popen([program("dm-client"), "--state", self.state, "--config", self.config, "session", "--server",
                                       SERVER_ID], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(rng.uniform(0, duration * 1.1))
            client.kill()
            interrupted += client.wait() == -9
            time.sleep(0.02)  # what is on its way to the server arrives
            server.stop()
            check = self.tree_cli("store", "check", "--json")
            self.assertEqual(check.code, 0, repr(check))
            self.assertTrue(check.json()["ok"])
            names = {"./" + name for name in self.tree_cli("ls", ".", "--json").json()}
            missing = acknowledged(server) - names
            self.assertEqual(missing, set(), f"answered 200 and lost at moment {moment}")
            for package in range(PACKAGES):
                self.assertEqual(f"./A{package}x" in names, f"./A{package}y" in names, "half an Atomic")
            shutil.rmtree(server.directory)
        self.assertGreater(interrupted, MOMENTS // 3, "most moments fell into the session")


if __name__ == "__main__":
    main()
