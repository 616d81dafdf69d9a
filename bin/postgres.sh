# Sourced after environment.sh: everything about the private cluster.

MINIMUM_VERSION=15
FIRST_PORT=5433
SOCKET_LIMIT=107 # bytes of a unix socket's path, with the closing zero
MEMORY=/dev/shm
AMPLE_KB=$((8 * 1024 * 1024)) # the long tests fill some gigabytes

# name_the_places run|test: where data, secrets and logins of this cluster are.
name_the_places() {
    CLUSTER=$1
    local suffix=""
    [ "$CLUSTER" = run ] || suffix="-$CLUSTER"
    STATE="$LOCAL/cluster$suffix"
    ENV_FILE="$LOCAL/env"
    [ "$CLUSTER" = run ] || ENV_FILE="$LOCAL/$CLUSTER.env"
    PROVISION_FILE="$LOCAL/provision$suffix.env"
    DATABASE=baladiya
    DATA=$(value "$STATE/places" DATA)
    [ -n "$DATA" ] || DATA=$(data_place "$suffix")
    LOG="$DATA.log"
}

# PostgreSQL refuses to run as root, so root hands it to the package's user.
as_server() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && setpriv --reuid=postgres --regid=postgres --init-groups env -u BALADIYA_STEP HOME=/var/lib/postgresql "$@")
    else
        env -u BALADIYA_STEP "$@"
    fi
}

data_place() {
    mkdir -p "$LOCAL"
    local name
    name=$(printf %s "$ROOT" | sha256sum | cut -c1-12)
    if [ "$CLUSTER" = test ] && memory_is_ample && mine "$MEMORY/baladiya-$(id -u)-$name"; then
        printf '%s/baladiya-%s-%s/pg%s' "$MEMORY" "$(id -u)" "$name" "$1"
    elif [ "$(id -u)" != 0 ] || ! id postgres >/dev/null 2>&1 || as_server test -x "$LOCAL"; then
        printf '%s/pg%s' "$LOCAL" "$1"
    else
        printf '/var/lib/baladiya/%s/pg%s' "$name" "$1"
    fi
}

# The tests make and drop a thousand databases of a thousand files each. In memory that costs nothing; on a disk without
# a journal it took 40 % of the processor, because ext4 looks past every inode that was freed a moment ago.
memory_is_ample() {
    [ "${CLUSTER_IN_MEMORY:-yes}" = yes ] || return 1
    [ "$(stat -f -c %T "$MEMORY" 2>/dev/null)" = tmpfs ] || return 1
    local room free
    room=$(df --output=avail -k "$MEMORY" | tail -n 1)
    free=$(awk '/^MemAvailable/ {print $2}' /proc/meminfo)
    [ "$room" -gt "$AMPLE_KB" ] && [ "$free" -gt "$AMPLE_KB" ]
}

# Everybody may write there: a folder that somebody else made under this name is not used.
mine() { [ ! -e "$1" ] || { [ -O "$1" ] && [ ! -L "$1" ]; }; }

# The newest installed PostgreSQL that has PostGIS; PG_BINDIR overrides.
find_postgres() {
    [ -z "${PG_BINDIR:-}" ] || { printf %s "$PG_BINDIR"; return; }
    local version
    for version in $(ls /usr/lib/postgresql 2>/dev/null | sort -rn); do
        if [ "$version" -ge "$MINIMUM_VERSION" ] && [ -x "/usr/lib/postgresql/$version/bin/initdb" ] &&
            [ -e "/usr/share/postgresql/$version/extension/postgis.control" ]; then
            printf '/usr/lib/postgresql/%s/bin' "$version"
            return
        fi
    done
    return 1
}

# A cluster is started by the version that made it.
need_postgres() {
    local made_by=""
    [ ! -e "$STATE/version" ] || made_by=$(cat "$STATE/version")
    if [ -n "$made_by" ] && [ -z "${PG_BINDIR:-}" ]; then
        BINARIES="/usr/lib/postgresql/$made_by/bin"
        [ -x "$BINARIES/pg_ctl" ] ||
            fail "This checkout's cluster was made by PostgreSQL $made_by, which is not installed any more. Install postgresql-$made_by and postgresql-$made_by-postgis-3, or lose the data with: bin/run reset"
    else
        BINARIES=$(find_postgres) ||
            fail "PostgreSQL $MINIMUM_VERSION or newer with PostGIS is not installed. Install the packages postgresql and postgresql-postgis, or let bin/run do it as root."
    fi
}

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
    local port=$1
    while port_taken "$port"; do port=$((port + 1)); done
    printf %s "$port"
}

# Processes of this cluster: PostgreSQL's have the data folder as their working directory.
server_processes() {
    local process
    for process in /proc/[0-9]*; do
        [ "$(readlink "$process/cwd" 2>/dev/null)" = "$DATA" ] && printf '%s\n' "${process#/proc/}"
    done
    return 0
}

running() {
    local pid
    pid=$(as_server head -n 1 "$DATA/postmaster.pid" 2>/dev/null) || return 1
    [ -n "$pid" ] && grep -qx "$pid" <<<"$(server_processes)" && as_server "$BINARIES/pg_isready" -q -h 127.0.0.1 -p "$(port)"
}

port() { value "$STATE/places" PORT; }

make_cluster() {
    say "Making a private PostgreSQL cluster in $DATA ..."
    mkdir -p "$STATE"
    mkdir -p -m 711 "$(dirname "$DATA")"
    case "$DATA" in "$MEMORY"/*) mine "$(dirname "$DATA")" || fail "$(dirname "$DATA") is somebody else's; remove it." ;; esac
    chmod 700 "$STATE"
    private_file "$STATE/password"
    [ -s "$STATE/password" ] || secret >"$STATE/password"
    # The test cluster of an earlier checkout in this place, which was removed with its server running.
    [ "$CLUSTER" = run ] || [ -z "$(server_processes)" ] || clear_the_wreck
    # A folder without a finished mark is what an interrupted initdb left.
    [ -z "$(server_processes)" ] || fail "$DATA has no finished cluster but processes run in it; stop them first."
    rm -rf -- "$DATA" "$STATE/kept"
    mkdir -m 700 "$DATA"
    : >"$LOG"
    if [ "$(id -u)" = 0 ]; then chown postgres:postgres "$DATA" "$LOG"; fi
    local handover="$DATA.password"
    (umask 077 && cp "$STATE/password" "$handover")
    if [ "$(id -u)" = 0 ]; then chown postgres "$handover"; fi
    as_server "$BINARIES/initdb" -D "$DATA" --username=postgres --encoding=UTF8 --locale=C.UTF-8 \
        --locale-provider=icu --icu-locale=und --auth=scram-sha-256 --pwfile="$handover" >>"$LOG" 2>&1 ||
        fail "initdb failed: $(tail -n 5 "$LOG")"
    rm -f "$handover"
    printf "\ninclude_if_exists = 'baladiya.conf'\n" | as_server tee -a "$DATA/postgresql.conf" >/dev/null
    set_value "$STATE/places" DATA "$DATA"
    "$BINARIES/postgres" --version | grep -oE '[0-9]+' | head -n 1 >"$STATE/version"
}

socket_folder() {
    if [ $((${#DATA} + 15)) -lt "$SOCKET_LIMIT" ]; then
        printf %s "$DATA"
    else
        local folder
        folder="/tmp/baladiya-$(id -u)-$(printf %s "$DATA" | sha256sum | cut -c1-12)"
        mkdir -p "$folder"
        chmod 700 "$folder"
        if [ "$(id -u)" = 0 ]; then chown postgres:postgres "$folder"; fi
        printf %s "$folder"
    fi
}

# A quarter of the memory up to 1 GB; the rest is left to the file cache and to the applications.
shared_buffers_mb() {
    local total
    total=$(awk '/^MemTotal/ {print int($2 / 4096)}' /proc/meminfo)
    [ "$total" -lt 1024 ] || total=1024
    [ "$CLUSTER" = run ] || [ "$total" -lt 256 ] || total=256
    printf %s "$total"
}

write_settings() {
    {
        cat <<CONF
listen_addresses = '127.0.0.1'
port = $1
unix_socket_directories = '$(socket_folder)'
max_connections = 120
shared_buffers = $(shared_buffers_mb)MB
work_mem = 16MB
maintenance_work_mem = 256MB
effective_cache_size = 2GB
random_page_cost = 1.1
max_wal_size = 2GB
# An import locks the cells it touches: more locks than the default of 64 for each connection.
max_locks_per_transaction = 256
client_connection_check_interval = 5s
idle_in_transaction_session_timeout = 10min
password_encryption = scram-sha-256
timezone = 'UTC'
jit = off
# Loaded once, by the server: a session that loads PostGIS itself takes twice as long to begin.
shared_preload_libraries = 'postgis-3,pg_trgm,btree_gist,unaccent'
log_line_prefix = '%m [%p] %u@%d '
CONF
        # The test cluster holds nothing worth a disk flush.
        [ "$CLUSTER" = run ] || printf '%s\n' 'fsync = off' 'synchronous_commit = off' 'full_page_writes = off'
    } | as_server tee "$DATA/baladiya.conf" >/dev/null
}

# After kill -9: children may outlive the postmaster, and its pid may by now be somebody else's.
clear_the_wreck() {
    local left
    left=$(server_processes)
    if [ -n "$left" ]; then
        say "Ending what an interrupted server left: $(echo "$left" | tr '\n' ' ')"
        kill -QUIT $left 2>/dev/null || true
        for _ in $(seq 50); do
            left=$(server_processes)
            [ -n "$left" ] || break
            sleep 0.2
        done
        [ -z "$left" ] || kill -KILL $left 2>/dev/null || true
    fi
    as_server rm -f "$DATA/postmaster.pid" "$(socket_folder)"/.s.PGSQL.*
}

# A test cluster in memory does not outlive the machine's next start.
forgotten() { [ "$CLUSTER" = test ] && ! as_server test -d "$DATA"; }

start_cluster() {
    need_postgres
    { [ -e "$STATE/version" ] && ! forgotten; } || make_cluster
    if ! running; then
        clear_the_wreck
        local port tries
        port=$(free_port "$(port | grep . || echo $FIRST_PORT)")
        for tries in 1 2 3; do
            write_settings "$port"
            set_value "$STATE/places" PORT "$port"
            as_server "$BINARIES/pg_ctl" -D "$DATA" -l "$LOG" -w -t 120 -s start >/dev/null 2>&1 && break
            [ "$tries" -lt 3 ] || fail "PostgreSQL did not start. Its last words, from $LOG: $(as_server tail -n 5 "$LOG")"
            clear_the_wreck
            port=$(free_port $((port + 1))) # somebody else may have taken it in between
        done
    fi
    keep_to_our_database
    write_logins
}

# Everybody may connect to these by default, and there nothing of ours is revoked.
keep_to_our_database() {
    [ ! -e "$STATE/kept" ] || return 0
    PGPASSWORD=$(cat "$STATE/password") "$BINARIES/psql" -X -q -h 127.0.0.1 -p "$(port)" -U postgres -d postgres \
        -c 'REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC' || fail "The cluster's own databases stay open to all."
    : >"$STATE/kept"
}

# login KEY ROLE: an address for the role; its password stays what it was.
write_login() {
    local password
    password=$(value "$ENV_FILE" "$1" | sed -n 's#^[a-z]*://[^:]*:\([^@]*\)@.*#\1#p')
    set_value "$ENV_FILE" "$1" "postgis://baladiya_$2:${password:-$(secret)}@127.0.0.1:$(port)/$DATABASE"
}

write_logins() {
    write_login DATABASE_URL web
    write_login OWNER_DATABASE_URL owner
    write_login PUBLIC_DATABASE_URL public
    [ -n "$(value "$ENV_FILE" SECRET_KEY)" ] || set_value "$ENV_FILE" SECRET_KEY "$(secret)$(secret)"
    # Apart, so that the server's environment never holds the superuser's login.
    set_value "$PROVISION_FILE" PROVISION_DATABASE_URL "$(cluster_url superuser)"
}

stop_cluster() {
    [ -e "$STATE/version" ] || { say "No cluster has been made."; return; }
    need_postgres
    if [ -n "$(server_processes)" ]; then
        as_server "$BINARIES/pg_ctl" -D "$DATA" -m fast -w -t 60 -s stop >/dev/null 2>&1 || clear_the_wreck
    fi
    say "Cluster stopped."
}

cluster_status() {
    [ -e "$STATE/version" ] || { say "No cluster has been made."; return 3; }
    need_postgres
    if running; then say "Running on 127.0.0.1:$(port), data in $DATA"; else say "Stopped, data in $DATA"; return 3; fi
}

cluster_url() {
    [ -e "$STATE/version" ] || fail "There is no cluster yet: bin/cluster start"
    case "$1" in
        superuser) say "postgis://postgres:$(cat "$STATE/password")@127.0.0.1:$(port)/$DATABASE" ;;
        web) value "$ENV_FILE" DATABASE_URL ;;
        owner) value "$ENV_FILE" OWNER_DATABASE_URL ;;
        public) value "$ENV_FILE" PUBLIC_DATABASE_URL ;;
        *) fail "Unknown login $1: superuser, web, owner or public." ;;
    esac
}

reset_cluster() {
    [ ! -e "$STATE/version" ] || stop_cluster
    rm -rf -- "$DATA" "$LOG" "$STATE" "$PROVISION_FILE"
    [ "$(dirname "$DATA")" = "$LOCAL" ] || rmdir --ignore-fail-on-non-empty "$(dirname "$DATA")" 2>/dev/null || true
    remove_values "$ENV_FILE" DATABASE_URL OWNER_DATABASE_URL PUBLIC_DATABASE_URL
    say "Cluster removed."
}
