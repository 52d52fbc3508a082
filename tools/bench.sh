#!/usr/bin/env bash
# Builds the benchmarks optimised and runs them; closes with the figures that count, as ratios within this run. Exit
# status 1 when one is out of its bounds. The store is measured in TMPDIR: point it at the file system that matters,
# a memory file system has nothing to sync.
set -euo pipefail

case ${1-} in
  -h | --help) echo "Usage: tools/bench.sh [--benchmark_filter=REGEX…]   (options of Google Benchmark)" && exit 0 ;;
esac
filters=("$@")

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/lib/packages.sh
. tools/lib/packages.sh
# shellcheck source=tools/lib/build.sh
. tools/lib/build.sh
require_packages "${build_packages[@]}" "${test_packages[@]}" libbenchmark-dev
build release bench_omadm -DOMADM_TESTS=ON
step "Benchmarks"
exec build/release/tests/bench_omadm --benchmark_enable_random_interleaving=true "${filters[@]}"
