#!/usr/bin/env bash
# Builds a release and runs the conformance scripts of tests/conformance against dm-client in XML and in WBXML. Prints
# a table (id, what, XML, WBXML) and writes it to conformance.html. Exit status 0 only when every item that is not left
# out on purpose passed in both encodings.
set -euo pipefail

html=conformance.html
arguments=()
while (($#)); do
  case $1 in
    --html) html=${2:?--html needs a file} && shift ;;
    -h | --help)
      echo "Usage: tools/conformance.sh [--html FILE] [--quiet] [SCRIPT…]   (all scripts, conformance.html)"
      echo "tshark, when it is installed, gives a second opinion on the messages in WBXML."
      exit 0
      ;;
    *) arguments+=("$1") ;;
  esac
  shift
done
html=$(realpath -m "$html")

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/lib/packages.sh
. tools/lib/packages.sh
# shellcheck source=tools/lib/build.sh
. tools/lib/build.sh
require_packages "${build_packages[@]}" "${test_packages[@]}"
build release "dm-client dmtree-cli dm-server dm-trace" -DOMADM_TESTS=OFF
export OMADM_BIN_DIR=$PWD/build/release/bin PYTHONPATH=$PWD/tests/system
status=0
python3 -B tests/conformance/run.py --html "$html" "${arguments[@]}" || status=$?
echo "The same as a page: $html"
exit "$status"
