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
require_packages "${build_packages[@]}" "${test_packages[@]}" libbenchmark-dev valgrind
build release "bench_omadm session_cost" -DOMADM_TESTS=ON

# instructions FUNCTION ENCODING: executed inside FUNCTION for one message of 100 commands, for each of them.
instructions() {
  valgrind --tool=callgrind --callgrind-out-file=/dev/null --collect-atstart=no --toggle-collect="$1" \
    build/release/tests/session_cost "$2" 100 2>&1 | awk '/Collected/ {print int($4 / 100)}'
}
session='omadm::Session::receive(omadm::InMessage const&)'
step "Instructions for a command, 100 Replace and Get in one message, octets in to octets out"
bare=$(instructions bare_sax_parse xml)
printf 'XML     %6d   (libxml2 alone, parsing the same message: %d)\n' "$(instructions "$session" xml)" "$bare"
printf 'WBXML   %6d\n' "$(instructions "$session" wbxml)"
step "Benchmarks"
exec build/release/tests/bench_omadm --benchmark_enable_random_interleaving=true "${filters[@]}"
