#!/usr/bin/env bash
# Installs what is missing, builds with g++ (debug) and with clang++ (address and undefined behaviour sanitizers), and
# runs every test in both. Ends with ctest's summary; exit status 0 only when everything passed.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: tools/test.sh [--quick | --preset NAME] [--full] [-R REGEX]
  --quick        the debug build alone
  --preset NAME  this preset alone: dev, asan, tsan or clang
  --full         also clang-tidy over every source (slow)
  -R REGEX       only tests whose name matches
TEXT
}

presets=(dev asan)
tidy=no
selection=()
while (($#)); do
  case $1 in
    --quick) presets=(dev) ;;
    --preset) presets=("${2:?--preset needs a name}") && shift ;;
    --full) tidy=yes ;;
    -R) selection+=(-R "${2:?-R needs an expression}") && shift ;;
    -h | --help) usage && exit 0 ;;
    *) echo "test.sh: unknown option: $1" >&2 && usage >&2 && exit 2 ;;
  esac
  shift
done

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/lib/packages.sh
. tools/lib/packages.sh
# shellcheck source=tools/lib/build.sh
. tools/lib/build.sh
require_packages "${build_packages[@]}" "${test_packages[@]}"
for preset in "${presets[@]}"; do build "$preset" all; done
if [[ $tidy == yes ]]; then
  cmake --preset clang --log-level=NOTICE >/dev/null
  step "clang-tidy"
  run-clang-tidy -quiet -p build/clang -j "$(compile_jobs)" "^$PWD/(base|wbxml|dmtree|syncml|transport|mo|bootstrap|client|tools)/" 2>/dev/null
fi

# One run over all presets, so that one summary closes the output and counts everything.
mkdir -p build/all
for preset in "${presets[@]}"; do printf 'subdirs("%s")\n' "$PWD/build/$preset"; done >build/all/CTestTestfile.cmake
step "Tests: ${presets[*]}"
export ASAN_OPTIONS=${ASAN_OPTIONS:-strict_string_checks=1:detect_stack_use_after_return=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
exec ctest --test-dir build/all --parallel "$(nproc)" --output-on-failure --no-tests=error "${selection[@]}"
