#!/usr/bin/env bash
# Installs what is missing, builds a release, and shows the main job on loopback: a device is bootstrapped over HTTPS,
# woken by a notification, managed in a mutually authenticated session, and gets new firmware. Exit status 0 only when
# every step was verified. Each run has its own temporary directory and ports; it changes nothing outside of them.
set -euo pipefail

case ${1-} in
  '') ;;
  -h | --help) echo "Usage: tools/demo.sh    (no options; TMPDIR chooses where its directory is made)" && exit 0 ;;
  *) echo "demo.sh: unknown option: $1" >&2 && exit 2 ;;
esac

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/lib/packages.sh
. tools/lib/packages.sh
# shellcheck source=tools/lib/build.sh
. tools/lib/build.sh
require_packages "${build_packages[@]}" "${demo_packages[@]}"
build release "dm-client dmtree-cli dm-server dm-trace" -DOMADM_TESTS=OFF
bin=$PWD/build/release/bin
demo=$PWD/tools/demo # scripts and installer

work=$(mktemp -d "${TMPDIR:-/tmp}/omadm-demo.XXXXXX")
state=$work/device/state
mkdir -p "$state" "$work/messages" "$work/downloads"
export OMADM_DEMO_DIR=$work

children=()
finish() {
  local status=$?
  trap - EXIT
  ((${#children[@]} == 0)) || kill "${children[@]}" 2>/dev/null || true
  wait
  if ((status != 0)); then
    printf '\nThe demonstration FAILED. What was said, and the messages, are in %s\n' "$work" >&2
    tail -n 5 "$work"/*.log >&2 || true
  fi
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

number=0
headline() { number=$((number + 1)) && printf '\n\033[1m%d. %s\033[0m\n' "$number" "$*"; }
[[ -t 1 && -z ${NO_COLOR-} ]] || headline() { number=$((number + 1)) && printf '\n%d. %s\n' "$number" "$*"; }
verified() { printf '   verified: %s\n' "$*"; }
fail() { echo "demo.sh: $*" >&2 && exit 1; }

# start LOG PROGRAM… runs a child that dies with this script, however that ends.
start() {
  setpriv --pdeathsig KILL "${@:2}" >"$work/$1.log" 2>&1 &
  children+=($!)
}

# until_true SECONDS WHAT COMMAND… repeats COMMAND until it succeeds.
until_true() {
  local end=$((SECONDS + $1)) pid
  until "${@:3}" >/dev/null 2>&1; do
    for pid in "${children[@]}"; do
      kill -0 "$pid" 2>/dev/null || fail "$2: a program has ended early"
    done
    ((SECONDS < end)) || fail "$2: not within $1 s"
    sleep 0.1
  done
}

tree() { "$bin/dmtree-cli" --state "$state" "$@"; }
client() { "$bin/dm-client" --state "$state" --config "$work/dm-client.toml" "$@"; }
leaf() { tree get "$1" --raw; }
leaf_is() { [[ $(leaf "$1") == "$2" ]]; }
said() { grep -qE "$2" "$work/$1.log"; }

cat >"$work/firmware" <<'TEXT'
DEMO-FIRMWARE 2.0.0
Nothing of this is ever run.
TEXT
head -c 200000 /dev/urandom >>"$work/firmware"

headline "A server for the laboratory, with a certificate authority of its own"
start server "$bin/dm-server" --listen 127.0.0.1:0 --port-file "$work/port" --tls self-signed --ca-out "$work/ca.pem" \
  --script "$demo/demo.toml" --set "firmware=$work/firmware" --record "$work/messages" --once
server=${children[0]}
until_true 10 "dm-server" test -s "$work/port"
url=https://127.0.0.1:$(<"$work/port")
verified "it listens at $url"

cat >"$work/dm-client.toml" <<TEXT
[device]
dev_id = "IMEI:490154203237518"
man = "Example Works"
mod = "Lamp"
fwv = "1.0.0"
[tls]
ca_file = "$work/ca.pem"
[notification]
udp = "127.0.0.1:0"
[bootstrap]
url = "$url/bootstrap"
[fumo]
backend = "command"
command = ["$demo/install.sh"]
allow_unverified = true
work_dir = "$work/downloads"
TEXT

headline "A new device knows no server, and gets an account over HTTPS"
client check-config >"$work/check.log" 2>&1 || fail "the configuration is refused: $(<"$work/check.log")"
client bootstrap https
leaf ./DMAcc/1/ServerID >/dev/null || fail "the account is not in the tree"
verified "the tree has the account of $(leaf ./DMAcc/1/ServerID), which prefers $(leaf ./DMAcc/1/AAuthPref)"

headline "It waits, and a notification wakes it: a mutually authenticated session in WBXML"
start client "$bin/dm-client" --state "$state" --config "$work/dm-client.toml" --verbose run
until_true 10 "dm-client" test -S "$state/control.sock"
client status --json >"$work/status.json"
udp=$(sed -n 's/.*"notification": "\([^"]*\)".*/\1/p' "$work/status.json")
verified "the daemon waits at $udp"
curl --silent --show-error --fail --cacert "$work/ca.pem" --data "{\"to\": \"$udp\", \"account\": \"demo\"}" \
  "$url/_control/notify" >"$work/notify.json" || fail "the server sent no notification"
until_true 20 "the session" leaf_is ./Vendor/Owner "the laboratory"
verified "the session the notification asked for changed the tree: ./Vendor/Owner is \"$(leaf ./Vendor/Owner)\""

headline "New firmware: downloaded, installed by tools/demo/install.sh, reported by a generic alert"
end=$((SECONDS + 30))
while kill -0 "$server" 2>/dev/null; do
  ((SECONDS < end)) || fail "the server still waits for the report"
  sleep 0.1
done
wait "$server" || fail "not everything the server expected was seen"
verified "the server saw all its script expects, the report with its correlator too"
cmp -s "$work/firmware" "$work/device/image" || fail "what was installed is not what the server holds"
verified "what was installed is the server's file, octet for octet"
leaf_is ./DevDetail/FwV 2.0.0 || fail "./DevDetail/FwV is $(leaf ./DevDetail/FwV)"
verified "./DevDetail/FwV is 2.0.0"

headline "Every message, read by two decoders that know nothing of each other"
count=0
for message in "$work"/messages/*.wbxml; do
  "$bin/dm-trace" decode --canonical "$message" >"$work/own.xml"
  "$bin/dm-trace" decode --canonical --engine libwbxml "$message" >"$work/libwbxml.xml"
  cmp -s "$work/own.xml" "$work/libwbxml.xml" || fail "the decoders differ: $message"
  count=$((count + 1))
done
((count > 4)) || fail "$count messages were recorded"
verified "$count WBXML messages are the same documents to both"

headline "The tree of the device"
tree tree --values

cat <<TEXT

Everything was verified. What to try next:

  state=$state
  $bin/dmtree-cli --state \$state acl --explain ./FUMO/1 --as demo.example.com
  $bin/dmtree-cli --state \$state set ./Vendor/Interval 60
  ls $work/messages                    # decode them with $bin/dm-trace decode FILE
  man -l tools/dm-client/dm-client.1   # and the others beside it
  rm -r $work                          # when done
TEXT
