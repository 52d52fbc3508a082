# shellcheck shell=bash
# Building a preset from a script. Sourced with the repository's root as current directory.

step() { printf '\n== %s\n' "$*"; }

# As many compilers at once as there are processors and 1.5 GiB pieces of free memory.
compile_jobs() {
  local processors pieces
  processors=$(nproc)
  pieces=$(awk '/^MemAvailable:/ {print int($2 / 1572864)}' /proc/meminfo)
  ((pieces >= 1)) || pieces=1
  echo $((processors < pieces ? processors : pieces))
}

# build PRESET TARGET [cmake arguments…]; TARGET may be several, separated by spaces.
build() {
  local preset=$1 targets=$2 folder=build/$1 lock
  mkdir -p "$folder"
  # The lock is inherited by every compiler: should this script be killed, the next one waits for them to end.
  exec {lock}>"build/.$preset.lock"
  flock "$lock"
  # A folder that was configured under another path cannot be used.
  if [[ -e $folder/CMakeCache.txt ]] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$folder/CMakeCache.txt"; then
    rm -rf "$folder"
  fi
  step "Build: $preset"
  cmake --preset "$preset" "${@:3}" --log-level=NOTICE >/dev/null
  # shellcheck disable=SC2046,SC2086
  cmake --build --preset "$preset" -j "$(compile_jobs)" --target $targets -- $([[ -t 1 ]] || echo --quiet)
  exec {lock}>&-
}
