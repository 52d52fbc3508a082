#!/usr/bin/env bash
# Builds the fuzz targets and runs each for a while, from the seeds in tests/fuzz/corpus. What they find is kept below
# build/fuzz-findings; new inputs that reach new code are kept in build/fuzz-corpus for the next time.
set -euo pipefail

seconds=600
targets=()
while (($#)); do
  case $1 in
    --seconds) seconds=${2:?--seconds needs a number} && shift ;;
    -h | --help) echo "Usage: tools/fuzz.sh [--seconds N] [TARGET…]   (600 seconds each, all targets)" && exit 0 ;;
    -*) echo "fuzz.sh: unknown option: $1" >&2 && exit 2 ;;
    *) targets+=("$1") ;;
  esac
  shift
done

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/lib/packages.sh
. tools/lib/packages.sh
# shellcheck source=tools/lib/build.sh
. tools/lib/build.sh
require_packages "${build_packages[@]}" "${test_packages[@]}"
if ((${#targets[@]} == 0)); then
  for source in tests/fuzz/*_fuzz.cpp; do targets+=("$(basename "$source" _fuzz.cpp)"); done
fi
build fuzz "$(printf 'fuzz_%s ' "${targets[@]}")"

found=no
for target in "${targets[@]}"; do
  step "$target, $seconds s"
  mkdir -p "build/fuzz-corpus/$target" "build/fuzz-findings/$target"
  "build/fuzz/tests/fuzz_$target" -max_total_time="$seconds" -max_len=16384 -rss_limit_mb=2048 -timeout=10 -print_final_stats=1 -entropic=0 \
    -artifact_prefix="build/fuzz-findings/$target/" "build/fuzz-corpus/$target" "tests/fuzz/corpus/$target" 2>&1 |
    grep -E '^(stat::|==|SUMMARY|Test unit|broken promise|artifact)|ERROR' || found=yes
  [[ -z $(ls -A "build/fuzz-findings/$target") ]] || found=yes
done
[[ $found == no ]] || echo "Findings are in build/fuzz-findings."
[[ $found == no ]]
