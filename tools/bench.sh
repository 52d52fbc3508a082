#!/usr/bin/env bash
# Builds the benchmarks optimised and runs them: instructions and sizes with their bounds, then times, which close with
# the figures that count, as ratios within this run. Exit status 1 when one is out of its bounds. The store is measured in
# TMPDIR: point it at the file system that matters, a memory file system has nothing to sync.
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
build release "bench_omadm session_cost tree_memory omadm_shared dm-client dmtree-cli https_source" -DOMADM_TESTS=ON

status=0
# at_most WHAT FIGURE BOUND
at_most() {
  local verdict=
  (($2 <= $3)) || { verdict='   TOO MUCH' && status=1; }
  printf '%-46s %9d   (at most %d)%s\n' "$1" "$2" "$3" "$verdict"
}

# instructions FUNCTION ENCODING COMMANDS: executed inside FUNCTION for one message, for each of its commands.
instructions() {
  valgrind --tool=callgrind --callgrind-out-file=/dev/null --collect-atstart=no --toggle-collect="$1" \
    build/release/tests/session_cost "$2" "$3" 2>&1 | awk -v commands="$3" '/Collected/ {print int($4 / commands)}'
}
session='omadm::Session::receive(omadm::InMessage const&)'
step "Instructions for a command, octets in to octets out; see tests/bench/cost/session_cost.cpp"
bare=$(instructions bare_sax_parse xml 100)
xml=$(instructions "$session" xml 100)
wbxml=$(instructions "$session" wbxml 100)
at_most "100 commands, XML" "$xml" 20000
at_most "  libxml2 alone needs $bare; twice that" "$xml" $((2 * bare))
at_most "100 commands, WBXML" "$wbxml" 10000
at_most "1 command, XML" "$(instructions "$session" xml 1)" 60000
at_most "1 command, WBXML" "$(instructions "$session" wbxml 1)" 30000
# Linear: in a long message a command costs no more than in one of 100, give or take what the caches of malloc hold.
for commands in 10 1000 10000; do
  at_most "$commands commands, XML" "$(instructions "$session" xml $commands)" $((xml * (commands < 100 ? 15 : 11) / 10))
  at_most "$commands commands, WBXML" "$(instructions "$session" wbxml $commands)" $((wbxml * (commands < 100 ? 15 : 11) / 10))
done

step "Size"
library=$(mktemp)
trap 'rm -f "$library"' EXIT
strip -o "$library" build/release/libomadm.so
at_most "libomadm, shared and stripped, octets" "$(stat -c %s "$library")" 500000
at_most "dm-client, idle with 1,000 nodes, resident kB" "$(OMADM_BIN_DIR=build/release/bin PYTHONPATH=tests/system \
  python3 -B tests/bench/idle_memory.py)" 10240

build/release/tests/tree_memory || status=$?

step "Firmware"
OMADM_BIN_DIR=build/release/bin OMADM_HTTPS_SOURCE=build/release/tests/https_source python3 -B tests/bench/firmware_download.py || status=$?

step "Benchmarks"
build/release/tests/bench_omadm --benchmark_enable_random_interleaving=true "${filters[@]}" || status=$?
exit $status
