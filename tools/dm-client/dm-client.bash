# bash completion for dm-client(1)
_dm_client() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} word command='' form='' words=''
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      run | session | notify | bootstrap | alert | fumo | status | check-config) [[ $command ]] || command=$word ;;
      https | file | smartcard | factory) [[ $command != bootstrap ]] || form=$word ;;
    esac
  done
  COMPREPLY=()
  case $previous in
    --state) mapfile -t COMPREPLY < <(compgen -d -- "$current") && return ;;
    --config) mapfile -t COMPREPLY < <(compgen -f -- "$current") && return ;;
    --server) mapfile -t COMPREPLY < <(compgen -W "$(_dm_client_servers)" -- "$current") && return ;;
    --alert) mapfile -t COMPREPLY < <(compgen -W 'client server device' -- "$current") && return ;;
    --format) mapfile -t COMPREPLY < <(compgen -W 'b64 bin bool chr int null xml date time float' -- "$current") && return ;;
    --mark) mapfile -t COMPREPLY < <(compgen -W 'fatal critical minor warning informational harmless indeterminate' -- "$current") && return ;;
    --sec) mapfile -t COMPREPLY < <(compgen -W 'NETWPIN USERPIN USERNETWPIN USERPINMAC' -- "$current") && return ;;
    --pin-file) mapfile -t COMPREPLY < <(compgen -f -- "$current") && return ;;
    --mac | --content-type | --type | --source | --data | --correlator) return ;;
  esac
  case $command in
    '') words='run session notify bootstrap alert fumo status check-config --version' ;;
    session) words='--server --alert --wait' ;;
    notify) words='--content-type --dry-run' ;;
    bootstrap)
      words='https file smartcard factory'
      [[ $form != factory ]] || words=''
      [[ $form != https && $form != smartcard ]] || words='--offline'
      [[ $form != file ]] || words='--content-type --sec --mac --pin-file --offline'
      ;;
    fumo) words='check --server --user --source --data --wait' ;;
    alert) words='--server --type --mark --source --format --data --correlator --now' ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words --state --config --json --verbose --quiet --help" -- "$current")
  if [[ $current != -* && ($command == notify || $form == file || $form == smartcard) ]]; then
    mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")
  fi
}

# The servers this device has accounts with.
_dm_client_servers() {
  dm-client status --json 2>/dev/null | grep -o '"server": *"[^"]*"' | sed 's/.*: *"//; s/"$//'
}
complete -o filenames -F _dm_client dm-client
