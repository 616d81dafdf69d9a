# Sourced by run: the server and the worker, in the background.
#
# Every process of ours carries BALADIYA_RUN=<checkout> in its environment, so that it is found again whatever
# happened to the file with its id, and nobody else's is ever taken for it.

START_SECONDS=180

# alive NAME: whether the process that the file names is still ours.
alive() {
    local pid
    pid=$(cat "$LOCAL/run/$1.pid" 2>/dev/null) || return 1
    grep -qzx "BALADIYA_RUN=$ROOT" "/proc/$pid/environ" 2>/dev/null
}

# background NAME COMMAND...
background() {
    local name=$1
    shift
    (
        cd "$ROOT"
        [ ! -e "$LOGS/$name.log" ] || mv "$LOGS/$name.log" "$LOGS/$name.before.log"
        BALADIYA_RUN="$ROOT" setsid nohup "$@" >>"$LOGS/$name.log" 2>&1 </dev/null 9>&- &
        echo $! >"$LOCAL/run/$name.pid"
    )
}

answers() {
    exec 3<>"/dev/tcp/127.0.0.1/$PORT" || return 1
    printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$1" >&3
    timeout 10 cat <&3
    exec 3>&-
} 2>/dev/null

healthy() {
    local answer
    answer=$(answers /healthz) || return 1
    [[ ${answer%%$'\r'*} == *" 200 "* ]]
}

start_processes() {
    local wanted
    wanted="$(code_hash) $(kept_hash) $(hash_of .local/env) $PORT $BALADIYA_DEMO $DJANGO_DEBUG $(cat "$STAMPS/packages" "$STAMPS/bundle" "$STAMPS/static")"
    if alive server && alive worker && fresh running "$wanted" && healthy; then return; fi
    stop_processes
    if port_taken "$PORT"; then
        fail "Port $PORT is taken by another program. End it, or choose another: PORT=8001 bin/run"
    fi
    mkdir -p "$LOGS"
    background server "$VENV/bin/python" -m apps.config.server
    background worker "$VENV/bin/python" manage.py work
    step "Starting the server and the worker" wait_until_healthy
    stamp running "$wanted"
}

# Only its id is asked for here: while a process becomes another program its environment is empty for a moment.
started() { kill -0 "$(cat "$LOCAL/run/$1.pid")" 2>/dev/null; }

wait_until_healthy() {
    local begun=$SECONDS
    until healthy; do
        if ! started server || [ "$(elapsed "$begun")" -ge "$START_SECONDS" ]; then
            tail -n 20 "$LOGS/server.log"
            return 1
        fi
        sleep 0.2
    done
    started worker || { tail -n 20 "$LOGS/worker.log"; return 1; }
}

stop_processes() {
    end_marked "BALADIYA_RUN=$ROOT"
    rm -f "$LOCAL/run/server.pid" "$LOCAL/run/worker.pid" "$STAMPS/running"
}
