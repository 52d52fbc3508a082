# bash completion for dm-server(1)
_dm_server() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  case $previous in
    --port-file | --ca-out | --client-cert-out | --tls-cert | --tls-key | --state | --out | --pin-out | --password-file) mapfile -t COMPREPLY < <(compgen -f -- "$current") && return ;;
    --set | --tls-name | --devices | --timeout | --server-id | --password | --nonce-base64 | --session-id | --address | --to) return ;;
    --ui-mode) mapfile -t COMPREPLY < <(compgen -W '0 1 2 3' -- "$current") && return ;;
    --initiator) mapfile -t COMPREPLY < <(compgen -W 'user server' -- "$current") && return ;;
    --script | --config) mapfile -t COMPREPLY < <(compgen -f -X '!*.toml' -- "$current"; compgen -d -- "$current") ;;
    --record) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    --tls) mapfile -t COMPREPLY < <(compgen -W 'self-signed none files' -- "$current") ;;
    --listen) mapfile -t COMPREPLY < <(compgen -W '127.0.0.1:' -- "$current") && compopt -o nospace ;;
    *)
      local words='notify bootstrap --script --config --set --listen --port-file --tls --tls-cert --tls-key --tls-name --ca-out --client-cert-out --record --state --once --devices --timeout --json --verbose --quiet --help --version'
      [[ " ${COMP_WORDS[*]:1:COMP_CWORD-1} " != *' notify '* ]] ||
        words='--server-id --password --password-file --nonce-base64 --default-nonce --session-id --ui-mode --initiator --to --via --out --sms --wrong --json --verbose --quiet --help'
      [[ " ${COMP_WORDS[*]:1:COMP_CWORD-1} " != *' bootstrap '* ]] ||
        words='--script --address --pin-out --to --via --out --sms --wrong --json --verbose --quiet --help'
      mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
      ;;
  esac
}
complete -o filenames -F _dm_server dm-server
