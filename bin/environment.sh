# Sourced: the checkout's own files, and KEY=VALUE files that only their owner may read.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
LOCAL="$ROOT/.local"

# A machine may forbid Python to keep what it has compiled. Each process would then compile Django and its libraries
# anew, which takes longer than all else that it does until it works.
unset PYTHONDONTWRITEBYTECODE

say() { printf '%s\n' "$*"; }

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

secret() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

# private_file PATH: an empty file of mode 600 when there is none.
private_file() {
    mkdir -p "$(dirname "$1")"
    [ -e "$1" ] || (umask 077 && : >"$1")
    chmod 600 "$1"
}

# value FILE KEY: prints the value, nothing when absent.
value() { [ ! -r "$1" ] || sed -n "s/^$2=//p" "$1" | tail -n 1; }

# set_value FILE KEY VALUE: replaces or adds the line; a reader never sees half a file.
set_value() {
    [ "$(value "$1" "$2")" != "$3" ] || return 0
    private_file "$1"
    (
        umask 077
        { grep -v "^$2=" "$1" || true; } >"$1.new.$$"
        printf '%s=%s\n' "$2" "$3" >>"$1.new.$$"
        mv "$1.new.$$" "$1"
    )
}

# remove_values FILE KEY...: takes the lines out.
remove_values() {
    local file=$1 key
    shift
    [ -e "$file" ] || return 0
    for key in "$@"; do sed -i "/^$key=/d" "$file"; done
}
