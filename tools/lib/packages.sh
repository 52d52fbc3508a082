# shellcheck shell=bash disable=SC2034
# The Debian and Ubuntu packages this project needs, and how a script makes sure of them. Sourced, never run.

# To build libomadm and the programs.
build_packages=(
  g++ cmake ninja-build pkgconf ccache
  libxml2-dev libcurl4-openssl-dev libssl-dev libfmt-dev libwbxml2-dev libpcsclite-dev libsystemd-dev libswupdate-dev
  libcli11-dev libtomlplusplus-dev nlohmann-json3-dev libcpp-httplib-dev ca-certificates
)

# On top of these, to run the demonstration.
demo_packages=(curl)

# On top of the first, to run the tests and the static checks.
test_packages=(
  libgtest-dev libgmock-dev libwbxml2-utils sip-tester python3 strace openssl curl dbus-daemon dbus-bin rauc squashfs-tools swupdate cpio
  clang libclang-rt-dev clang-format clang-tidy
)

# missing_packages NAME… prints those that are not installed.
missing_packages() {
  local name
  for name in "$@"; do
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || echo "$name"
  done
}

# require_packages NAME… installs what is missing; touches neither the network nor apt when nothing is.
require_packages() {
  local -a missing as_root=()
  if ! command -v dpkg-query >/dev/null; then
    echo "$(basename "$0"): this is not Debian or Ubuntu: install the equivalents of: $*" >&2
    return 0
  fi
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      echo "$(basename "$0"): packages are missing and neither root nor sudo is at hand. As root: apt-get install ${missing[*]}" >&2
      return 1
    fi
    as_root=(sudo)
  fi
  echo "Installing ${#missing[@]} packages: ${missing[*]}"
  local -a apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
  local -a install=("${apt[@]}" install --yes --no-install-recommends "${missing[@]}")
  # The second attempt is for a machine on which an earlier installation was cut short.
  "${apt[@]}" update &&
    { "${install[@]}" >/dev/null || { "${as_root[@]}" dpkg --configure -a && "${install[@]}" >/dev/null; }; } &&
    mapfile -t missing < <(missing_packages "$@") &&
    ((${#missing[@]} == 0)) && return 0
  echo "$(basename "$0"): could not install: ${missing[*]}" >&2
  return 1
}
