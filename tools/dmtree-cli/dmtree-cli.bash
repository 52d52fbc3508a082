# bash completion for dmtree-cli(1)
_dmtree_cli() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} word command='' part='' words='' given=0
  local -a place=() # options that say which tree
  local i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case $word in
      --state | --config) place+=("$word" "${COMP_WORDS[i + 1]}") && ((++i)) ;;
      --as | --depth | --prop | --value | --mo | --file | --format | --type | --tnds | --at | --since) ((++i)) ;;
      -*) ;;
      *)
        if [[ ! $command ]]; then
          command=$word
        elif [[ $command == ddf || $command == store ]] && [[ ! $part ]]; then
          part=$word
        else
          ((++given))
        fi
        ;;
    esac
  done
  COMPREPLY=()
  case $previous in
    --state) mapfile -t COMPREPLY < <(compgen -d -- "$current") && return ;;
    --config | --file) mapfile -t COMPREPLY < <(compgen -f -- "$current") && return ;;
    --at) _dmtree_cli_addresses && return ;;
    --format) mapfile -t COMPREPLY < <(compgen -W 'b64 bin bool chr int node null xml date time float' -- "$current") && return ;;
    --prop) mapfile -t COMPREPLY < <(compgen -W 'ACL Format Name Size Title TStamp Type VerNo' -- "$current") && return ;;
    --tnds) mapfile -t COMPREPLY < <(compgen -W 'xml wbxml json' -- "$current") && return ;;
    --as) mapfile -t COMPREPLY < <(compgen -W "$(_dmtree_cli_servers)" -- "$current") && return ;;
    --depth | --value | --mo | --type | --since) return ;;
  esac
  case $command in
    '') words='ls tree get props acl find validate set add rm mv cp exec export import log blame diff watch ddf store --version' ;;
    tree) words='--depth --values --acl' ;;
    get) words='--prop --raw --base64' ;;
    acl) words='--explain' ;;
    find) words='--value --mo' ;;
    set | add) words='--file --format --type' ;;
    export) words='--tnds' ;;
    import) words='--at --dry-run' ;;
    log) words='--since' ;;
    exec) words='--wait' ;;
    diff) words='now --at' ;;
    ddf) [[ $part ]] || words='show check' ;;
    store) [[ $part ]] || words='dump check compact' ;;
  esac
  if [[ $current != -* ]]; then
    case $command${part:+ $part} in
      ls | tree | get | props | acl | validate | set | add | rm | mv | exec | export | log | blame | watch | 'ddf show') ((given > 0)) || { _dmtree_cli_addresses && return; } ;;
      cp) ((given > 1)) || { _dmtree_cli_addresses && return; } ;;
      diff) ((given > 1)) || mapfile -t COMPREPLY < <(compgen -W now -- "$current"; compgen -f -- "$current") && return ;;
      import | 'ddf check') mapfile -t COMPREPLY < <(compgen -f -- "$current") && return ;;
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words --state --config --as --json --verbose --quiet --help" -- "$current")
}

# The children of the node whose address has been written so far.
_dmtree_cli_addresses() {
  local parent=. name
  [[ $current == */* ]] && parent=${current%/*}
  while IFS= read -r name; do
    [[ $parent/$name == "$current"* ]] && COMPREPLY+=("$parent/$name")
  done < <(dmtree-cli ls "$parent" "${place[@]}" 2>/dev/null)
  # What is complete may go on: one level down at a time.
  compopt -o nospace 2>/dev/null
  return 0
}

# The servers this device has accounts with.
_dmtree_cli_servers() {
  local uri
  while IFS= read -r uri; do
    dmtree-cli get "$uri/ServerID" --raw "${place[@]}" 2>/dev/null && echo
  done < <(dmtree-cli find --mo urn:oma:mo:oma-dm-dmacc "${place[@]}" 2>/dev/null)
}
complete -o filenames -F _dmtree_cli dmtree-cli
