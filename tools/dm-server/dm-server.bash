# bash completion for dm-server(1)
_dm_server() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  case $previous in
    --script) mapfile -t COMPREPLY < <(compgen -f -X '!*.toml' -- "$current"; compgen -d -- "$current") ;;
    --record) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    --tls) mapfile -t COMPREPLY < <(compgen -W 'self-signed' -- "$current") ;;
    --listen) mapfile -t COMPREPLY < <(compgen -W '127.0.0.1:' -- "$current") && compopt -o nospace ;;
    *) mapfile -t COMPREPLY < <(compgen -W 'notify --script --listen --tls --record --once --json --verbose --quiet --help --version' -- "$current") ;;
  esac
}
complete -o filenames -F _dm_server dm-server
