"""A second and a third opinion on every recorded message in WBXML: the elements that Wireshark's dissector (tshark) and
libwbxml find, in order, against those of our own reader."""
import os
import shutil
import struct
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree

SEGMENT = 60000  # octets of HTTP in one TCP segment


class Opinions:
    def __init__(self):
        self.told, self.differences = [], []


def sequence(element):
    """Names of elements in document order, "/" where one with content ends. A document that a value holds is not looked
    into: libwbxml shows it as elements of the message, tshark not at all."""
    inner = [name for child in element.children if child.name != "MgmtTree" for name in sequence(child)]
    return [element.name, *inner, "/" + element.name] if inner else [element.name]


def packets(bodies):
    """A capture file: each body as an HTTP request of its own."""
    yield struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 101)  # raw IP
    for number, body in enumerate(bodies):
        http = (b"POST /dm HTTP/1.1\r\nHost: x\r\nContent-Type: application/vnd.syncml.dm+wbxml\r\nContent-Length: %d\r\n\r\n"
                % len(body) + body)
        for at in range(0, len(http), SEGMENT):
            tcp = struct.pack(">HHIIBBHHH", 1024 + number % 60000, 80, 1 + at, 1, 0x50, 0x18, 65535, 0, 0) + http[at:at + SEGMENT]
            ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0, b"\x0a\0\0\1", b"\x0a\0\0\2")
            yield struct.pack("<IIII", number, 0, len(ip + tcp), len(ip + tcp)) + ip + tcp


def dissected(path):
    """For each message in the capture: the sequence of its elements as tshark sees them."""
    command = ["tshark", "-r", path, "-T", "pdml", "-o", "http.desegment_body:TRUE", "-o", "tcp.check_checksum:FALSE"]
    found = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as tshark:
        for _, packet in ElementTree.iterparse(tshark.stdout):
            if packet.tag == "proto" and packet.get("name") == "wbxml":
                names = []
                for field in packet.iter("field"):
                    name, show = field.get("name"), field.get("show")
                    if name in ("wbxml.known_tag", "wbxml.unknown_tag", "wbxml.literal_tag"):
                        names.append(show)
                    elif name in ("wbxml.end_known_tag", "wbxml.end_unknown_tag", "wbxml.end_literal_tag"):
                        if names[-1] == show:  # nothing in between
                            continue
                        names.append("/" + show)
                found.append(names)
            if packet.tag == "packet":
                packet.clear()
    return found


def without_values(names):
    """<A>text</A> and <A/> are the same sequence."""
    return [name for at, name in enumerate(names) if not (name.startswith("/") and names[at - 1] == name[1:])]


def ask_tshark(messages, opinions):
    if shutil.which("tshark") is None:
        opinions.told.append("tshark: not compared, the program is not installed (Debian's package tshark)")
        return
    with tempfile.TemporaryDirectory(prefix="omadm-wire-") as directory:
        path = os.path.join(directory, "messages.pcap")
        with open(path, "wb") as out:
            out.writelines(packets([octets for octets, _ in messages.values()]))
        found = dissected(path)
    if len(found) != len(messages):
        opinions.differences.append(f"tshark found {len(found)} of {len(messages)} messages")
        return
    same = 0
    for (name, (_, message)), names in zip(messages.items(), found):
        own = sequence(message.root)
        if own == without_values(names):
            same += 1
        else:
            opinions.differences.append(f"{name}: tshark reads {without_values(names)}, dm-trace {own}")
    opinions.told.append(f"tshark: {same} of {len(messages)} different messages in WBXML hold the same elements")


def ask_libwbxml(messages, opinions):
    same, unreadable = 0, 0
    for name, (octets, message) in messages.items():
        if message.other is None:
            # It goes by way of XML text, which cannot hold every octet of a value.
            unreadable += 1
            if not message.binary():
                opinions.differences.append(f"{name}: libwbxml cannot read it ({len(octets)} octets)")
        elif sequence(message.other) == sequence(message.root):
            same += 1
        else:
            opinions.differences.append(f"{name}: libwbxml reads {sequence(message.other)}, dm-trace {sequence(message.root)}")
    opinions.told.append(f"libwbxml: {same} of {len(messages)} hold the same elements"
                         + (f", {unreadable} with binary values that it cannot show" if unreadable else ""))


def compare(messages):
    """`messages`: {name: (octets, traffic.Message)}."""
    opinions = Opinions()
    different = {octets: (name, message) for name, (octets, message) in messages.items()}
    messages = {name: (octets, message) for octets, (name, message) in different.items()}
    if messages:
        ask_tshark(messages, opinions)
        ask_libwbxml(messages, opinions)
    return opinions


def keep(messages, directory):
    for name, (octets, message) in messages.items():
        path = os.path.join(directory, name.replace("/", f"-{message.session_id}-"))
        os.makedirs(directory, exist_ok=True)
        with open(path, "wb") as out:
            out.write(octets)
