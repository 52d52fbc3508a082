#!/usr/bin/env python3
"""Checks what docs/architecture.md promises about the sources: who may include whom, which library has which one
home, what a public header may show, how long a file may grow, and that no path of one machine got in."""

import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

ROOMS = {
    "base": set(),
    "wbxml": {"base"},
    "dmtree": {"base", "wbxml"},
    "syncml": {"base", "wbxml", "dmtree"},
    "transport": {"base"},
    "mo": {"base", "dmtree"},
    "bootstrap": {"base", "wbxml", "dmtree", "syncml"},
    "client": {"base", "wbxml", "dmtree", "syncml", "transport", "mo", "bootstrap"},
}
TOOL = {"client", "dmtree", "base"}  # and what the public headers include, as any integrator
TOOL_EXTRA = {
    "dm-server": {"syncml", "wbxml", "bootstrap"},
    "dm-trace": {"syncml", "wbxml", "bootstrap"},
    "examples": set(),
}

# Header pattern -> folders whose files may include it. Tests other than those of a home use our own interfaces too.
HOMES = [
    (re.compile(r"^libxml2?/"), ["base/markup/", "tests/bench/"]),
    (re.compile(r"^openssl/"), ["base/crypto/", "tools/dm-server/", "tests/"]),
    (re.compile(r"^curl/"), ["transport/http/"]),
    (re.compile(r"^(PCSC/|winscard)"), ["transport/card/"]),
    (re.compile(r"^(wbxml\.h|wbxml/wbxml\.h|libwbxml)"), ["tests/interop/", "tools/dm-trace/"]),
    (re.compile(r"^httplib\.h$"), ["tools/dm-server/", "tests/"]),
    (re.compile(r"^(CLI/|toml\+\+/|toml\.hpp|nlohmann/)"), ["tools/", "tests/"]),
    (re.compile(r"^(gtest|gmock)/"), ["tests/"]),
]
FMT = re.compile(r"^fmt/")  # anywhere, but in no header of ours
# What an integrator is told to include; cmake/install.cmake installs these and what they include.
PUBLIC = ["client/client.h", "client/platform.h", "client/config.h", "dmtree/management_object.h", "dmtree/tree.h",
          "base/result.h", "dmtree/store/memory_store.h", "dmtree/store/journal_store.h"]
MAX_LINES = 500
# A directory of the machine somebody worked on; "/root" of a tree's root node or "~/work" is not one.
MACHINE_PATH = re.compile(r"(?<![\w./~-])/(work|root|home)/[\w.-]")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def tracked_files():
    try:
        out = subprocess.run(["git", "-c", "safe.directory=*", "-C", ROOT, "ls-files", "-z"], check=True,
                             capture_output=True).stdout.decode()
        files = [name for name in out.split("\0") if name and os.path.isfile(os.path.join(ROOT, name))]
        if files:
            return files
    except (OSError, subprocess.CalledProcessError):
        pass  # unpacked from an archive: every file counts
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [f for f in folders if f not in (".git", "build", ".cache")]
        found += [os.path.relpath(os.path.join(folder, name), ROOT) for name in names]
    return found


def includes(name):
    """(line number, '<' or '"', header) of each #include."""
    with open(os.path.join(ROOT, name), encoding="utf-8") as source:
        for number, line in enumerate(source, 1):
            match = INCLUDE.match(line)
            if match:
                yield number, match.group(1), match.group(2)


def check_includes(name, public, problems):
    parts = name.split("/")
    room = parts[0]
    if room == "tests":
        allowed = None
    elif room == "tools":
        allowed = TOOL | TOOL_EXTRA.get(parts[1], set())
    elif room in ROOMS:
        allowed = ROOMS[room]
    else:
        return
    for number, style, header in includes(name):
        where = f"{name}:{number}"
        target = header.split("/")[0]
        if style == '"':
            if not os.path.isfile(os.path.join(ROOT, header)):
                problems.append(f'{where}: "{header}" is not written from the source root, or does not exist')
            elif allowed is None:
                pass
            elif target == room and room == "mo":
                mine, theirs = parts[1], header.split("/")[1]
                if theirs not in (mine, "common") and "/" in header[len("mo/"):]:
                    problems.append(f"{where}: {mine} must not know its sibling {theirs} (share in mo/common)")
            elif target == room == "tools":
                if header.split("/")[1] not in (parts[1], "common"):
                    problems.append(f"{where}: one program must not include another's {header}")
            elif room == "tools" and header in public:
                pass
            elif target != room and target not in allowed:
                problems.append(f"{where}: {room} must not include {header}")
        else:
            if target in ROOMS and os.path.isfile(os.path.join(ROOT, header)):
                problems.append(f"{where}: <{header}>: our own headers are written in quotes")
            for pattern, homes in HOMES:
                if pattern.match(header) and not name.startswith(tuple(homes)):
                    problems.append(f"{where}: <{header}> belongs to {', '.join(homes)} alone")
            if FMT.match(header) and name.endswith(".h") and room in ROOMS:
                problems.append(f"{where}: <{header}> in a header: fmt is for .cpp files")


def check_public_headers(problems):
    """What an integrator includes, followed through, shows the standard library and us alone."""
    pending, seen = [name for name in PUBLIC if os.path.isfile(os.path.join(ROOT, name))], set()
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        for number, style, header in includes(name):
            if style == '"':
                pending.append(header)
            elif "/" in header and not header.startswith("sys/") or header.endswith((".h", ".hpp")):
                problems.append(f"{name}:{number}: <{header}> in a public header")
    with open(os.path.join(ROOT, "cmake/install.cmake"), encoding="utf-8") as rules:
        installed = set(re.findall(r"^  ([\w/]+\.h)$", rules.read(), re.MULTILINE))
    for name in sorted(seen ^ installed):
        problems.append(f"cmake/install.cmake: {name} is {'missing' if name in seen else 'installed, but no public header'}")
    return seen


def check_text(name, problems):
    with open(os.path.join(ROOT, name), "rb") as source:
        octets = source.read()
    if b"\0" in octets:
        return
    text = octets.decode("utf-8", "replace")
    for number, line in enumerate(text.split("\n"), 1):
        if MACHINE_PATH.search(line):
            problems.append(f"{name}:{number}: a path of one machine: {line.strip()[:80]}")
    if name.endswith((".cpp", ".h", ".py", ".sh")) and text.count("\n") > MAX_LINES:
        problems.append(f"{name}: {text.count(chr(10))} lines; over {MAX_LINES} there are two ideas in a file")


def main():
    problems = []
    files = tracked_files()
    sources = [name for name in files if name.endswith((".cpp", ".h"))]
    public = check_public_headers(problems)
    for name in files:
        check_text(name, problems)
    for name in sources:
        check_includes(name, public, problems)
    for problem in sorted(problems):
        print(problem)
    print(f"{len(sources)} sources, {len(public)} public headers, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
