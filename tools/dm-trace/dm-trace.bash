# bash completion for dm-trace(1)
_dm_trace() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  if [[ $previous == --engine ]]; then
    mapfile -t COMPREPLY < <(compgen -W 'own libwbxml' -- "$current")
  elif ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W 'decode --json --verbose --quiet --help --version' -- "$current")
  elif [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '--engine --offsets --canonical --json --verbose --quiet --help' -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}
complete -o filenames -F _dm_trace dm-trace
