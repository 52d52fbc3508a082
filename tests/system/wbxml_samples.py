"""Documents for tests: those of tests/vectors, and messages in WBXML put together octet by octet."""
import os

from harness import ROOT

VECTORS = os.path.join(ROOT, "tests/vectors")
HEADER = bytes.fromhex("02a4016a00")


def hex_file(path):
    with open(os.path.join(VECTORS, path), encoding="ascii") as text:
        return bytes.fromhex("".join(line for line in text if not line.startswith("#")))


def vectors(path):
    """The vectors of a file as dictionaries."""
    found = []
    with open(os.path.join(VECTORS, path), encoding="utf-8") as text:
        for line in text:
            line = line.strip()
            if line.startswith("["):
                found.append({"name": line[1:-1]})
            elif "=" in line and not line.startswith("#"):
                key, value = line.split("=", 1)
                key = key.strip()
                found[-1][key.removesuffix(".hex")] = bytes.fromhex(value) if key.endswith(".hex") else value.strip()
    return found


def tag(token, *content):
    return bytes([token | 0x40]) + b"".join(content) + b"\x01" if content else bytes([token])


def string(text):
    return b"\x03" + (text if isinstance(text, bytes) else text.encode()) + b"\0"


def opaque(octets):
    length, count = [len(octets) & 0x7F], len(octets) >> 7
    while count:
        length.insert(0, count & 0x7F | 0x80)
        count >>= 7
    return b"\xc3" + bytes(length) + octets


def message(*commands):
    """A message in WBXML around these elements of SyncBody."""
    header = tag(0x2C, tag(0x31, string("1.2")), tag(0x32, string("DM/1.2")), tag(0x25, string("1")), tag(0x1B, string("1")),
                 tag(0x2E, tag(0x17, string("urn:x:1"))), tag(0x27, tag(0x17, string("https://dm.example.net/"))))
    return HEADER + tag(0x2D, header, tag(0x2B, *commands, tag(0x12)))


def replace(uri, data, meta=b""):
    """Replace of one leaf; `data` is the content of Data."""
    return tag(0x20, tag(0x0B, string("2")), tag(0x14, tag(0x2E, tag(0x17, string(uri))), meta, tag(0x0F, data)))
