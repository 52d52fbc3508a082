#!/usr/bin/env python3
"""Installs the build into a temporary prefix and uses it as a stranger would: the example is built against it with
find_package and with pkg-config, and run; every program has its manual and its completion."""

import argparse
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
EXAMPLE = os.path.join(ROOT, "tools/examples/embedded")


def run(*command, **options):
    print("+", " ".join(command), flush=True)
    return subprocess.run(command, check=True, text=True, **options)


def find(folder, name):
    for where, _, names in os.walk(folder):
        if name in names:
            return os.path.join(where, name)
    raise SystemExit(f"{name} was not installed")


def check_host(program, library_path):
    out = run(program, capture_output=True, env={**os.environ, "LD_LIBRARY_PATH": library_path}).stdout
    if "./DevInfo/DevId = urn:example:0001" not in out:
        raise SystemExit(f"{program} printed:\n{out}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--cmake", required=True)
    parser.add_argument("--cxx", required=True)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="omadm-install-") as top:
        prefix = os.path.join(top, "prefix")
        for component in ("library", "development", "programs"):
            run(args.cmake, "--install", args.build, "--prefix", prefix, "--component", component,
                stdout=subprocess.DEVNULL)
        libraries = os.path.dirname(find(prefix, "libomadm.a"))

        for kind in ("shared", "static"):
            source, build = os.path.join(top, kind), os.path.join(top, kind + "-build")
            os.mkdir(source)
            with open(os.path.join(EXAMPLE, "CMakeLists.txt"), encoding="utf-8") as text:
                script = text.read()
            if kind == "static":
                script = script.replace("find_package(omadm 0.1 REQUIRED)",
                                        "find_package(omadm 0.1 REQUIRED COMPONENTS static)")
            with open(os.path.join(source, "CMakeLists.txt"), "w", encoding="utf-8") as text:
                text.write(script)
            os.symlink(os.path.join(EXAMPLE, "main.cpp"), os.path.join(source, "main.cpp"))
            run(args.cmake, "-G", "Ninja", "-S", source, "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}",
                f"-DCMAKE_CXX_COMPILER={args.cxx}", stdout=subprocess.DEVNULL)
            run(args.cmake, "--build", build, stdout=subprocess.DEVNULL)
            check_host(os.path.join(build, "embedded-host"), libraries)

        env = {**os.environ, "PKG_CONFIG_PATH": os.path.join(libraries, "pkgconfig")}
        flags = run("pkg-config", "--cflags", "--libs", "omadm", env=env, capture_output=True).stdout.split()
        host = os.path.join(top, "embedded-host")
        run(args.cxx, "-std=c++20", os.path.join(EXAMPLE, "main.cpp"), "-o", host, *flags)
        check_host(host, libraries)

        for program in sorted(os.listdir(os.path.join(prefix, "bin"))):
            find(os.path.join(prefix, "share/man/man1"), program + ".1")
            completion = find(os.path.join(prefix, "share/bash-completion/completions"), program)
            run("bash", "-n", completion)
            binary = os.path.join(prefix, "bin", program)
            if not run(binary, "--version", capture_output=True).stdout.strip():
                raise SystemExit(f"{program} --version prints nothing")
    return 0


if __name__ == "__main__":
    sys.exit(main())
