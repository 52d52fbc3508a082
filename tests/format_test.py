#!/usr/bin/env python3
"""Every tracked source is as clang-format 14 writes it. Other versions differ in details: without 14, skipped (77)."""

import os
import re
import shutil
import subprocess
import sys

from layering_test import ROOT, tracked_files


def main():
    for name in ("clang-format-14", "clang-format"):
        program = shutil.which(name)
        if program and re.search(r"version 14\.", subprocess.check_output([program, "--version"], text=True)):
            break
    else:
        print("no clang-format 14: skipped")
        return 77
    sources = sorted(f for f in tracked_files() if f.endswith((".cpp", ".h")))
    result = subprocess.run([program, "--dry-run", "-Werror", *sources], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    untidy = sorted({line.split(":")[0] for line in result.stderr.splitlines() if "error:" in line})
    print(f"{len(sources)} sources")
    if untidy:
        print("clang-format -i", *[os.path.relpath(f, ROOT) if os.path.isabs(f) else f for f in untidy])
    return 1 if result.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
