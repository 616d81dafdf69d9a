# Sourced by run and test after environment.sh: steps that say how long they take, and what both commands need installed.

STAMPS="$LOCAL/stamp"
LOGS="$LOCAL/log"
VENV="$LOCAL/venv"
QUIET_SECONDS=2

elapsed() { printf %s $((SECONDS - $1)); }

# step LABEL COMMAND...: quiet while it is short; after two seconds it says what is going on, and for how long.
step() {
    local label=$1 log begun=$SECONDS said="" shown=0 pid code=0
    shift
    mkdir -p "$LOGS"
    log="$LOGS/$(printf %s "$label" | tr -cs '[:alnum:]' '-' | tr '[:upper:]' '[:lower:]' | sed 's/-$//').log"
    # The lock of this command (9) must not live on in a server that a step starts.
    BALADIYA_STEP="$STEP_MARK" "$@" >"$log" 2>&1 </dev/null 9>&- &
    pid=$!
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.1
        if [ -z "$said" ] && [ "$(elapsed "$begun")" -ge "$QUIET_SECONDS" ]; then
            printf '%s ...' "$label"
            said=yes
        elif [ -n "$said" ] && [ "$(elapsed "$begun")" -ge $((shown + 10)) ]; then
            shown=$(elapsed "$begun")
            printf ' %s s' "$shown"
        fi
    done
    wait "$pid" || code=$?
    [ -z "$said" ] || printf ' %s (%s s)\n' "$([ $code = 0 ] && echo done || echo failed)" "$(elapsed "$begun")"
    [ $code = 0 ] || { printf '%s failed:\n' "$label" >&2; tail -n 25 "$log" >&2; fail "All of it is in $log"; }
}

# Stamps: a step is left out while what it is made from has the same hash.
hash_of() { # hash_of PATH...: names and contents of the files under the paths; a missing path counts as empty
    (
        cd "$ROOT"
        { find "$@" -type f -not -path '*/__pycache__/*' -print0 2>/dev/null || true; } | LC_ALL=C sort -z | xargs -0r sha256sum
    ) | sha256sum | cut -c1-16
}

code_hash() {
    (cd "$ROOT" && find gis ogc apps manage.py -type f \( -name '*.py' -o -name '*.sql' -o -name '*.yaml' \) \
        -not -path '*/__pycache__/*' -print0 | LC_ALL=C sort -z | xargs -0r sha256sum) | sha256sum | cut -c1-16
}

# What a running server has read and keeps, besides code: templates, words of the pages, reference lists.
kept_hash() { hash_of $(cd "$ROOT" && find gis ogc apps -type d \( -name templates -o -name locale \)) data/reference; }

fresh() { [ "$(cat "$STAMPS/$1" 2>/dev/null)" = "$2" ]; }

stamp() {
    mkdir -p "$STAMPS"
    printf '%s\n' "$2" >"$STAMPS/$1"
}

# once NAME HASH LABEL COMMAND...: the step, unless its stamp is fresh.
once() {
    local name=$1 hash=$2
    shift 2
    fresh "$name" "$hash" && return
    step "$@"
    stamp "$name" "$hash"
}

# --- system packages ---------------------------------------------------------------------------------------------

apt_knows() { apt-cache show "$1" >/dev/null 2>&1; }

postgres_packages() {
    local version
    for version in $(ls /usr/lib/postgresql 2>/dev/null | sort -rn); do
        if [ "$version" -ge "$MINIMUM_VERSION" ] && [ -x "/usr/lib/postgresql/$version/bin/initdb" ]; then
            echo "postgresql-$version-postgis-3"
            return
        fi
    done
    echo postgresql
    if apt_knows postgresql-postgis; then echo postgresql-postgis; else echo postgis; fi
}

# missing_packages WORD...: names of what is not there; the words are postgres, chromium, gdal, qgis, wrk.
missing_packages() {
    local word
    command -v msgfmt >/dev/null || echo gettext
    [ -e /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
    find_python >/dev/null || python_packages
    for word in "$@"; do
        case "$word" in
            postgres) find_postgres >/dev/null || postgres_packages ;;
            chromium) find_chromium >/dev/null || echo chromium ;;
            gdal) command -v ogr2ogr >/dev/null || echo gdal-bin ;;
            qgis) [ -d /usr/lib/python3/dist-packages/qgis ] || echo python3-qgis ;;
            wrk) command -v wrk >/dev/null || echo wrk ;;
        esac
    done
}

find_chromium() {
    local name
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
        [ -n "$name" ] && command -v "$name" && return
    done
    return 1
}

install_packages() {
    local sudo="" names
    [ "$(id -u)" = 0 ] || sudo="sudo -n"
    export DEBIAN_FRONTEND=noninteractive
    $sudo apt-get update -q
    names=$(missing_packages "$@") # again: only now are the distribution's names known
    case "$names" in
        *postgresql*)
            # Without this Debian would start a cluster of the system, on everybody's port.
            if ! ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; then
                $sudo mkdir -p /etc/postgresql-common
                echo 'create_main_cluster = false' | $sudo tee /etc/postgresql-common/createcluster.conf >/dev/null
            fi
            ;;
    esac
    # shellcheck disable=SC2086
    $sudo apt-get install -y -q --no-install-recommends -o Dpkg::Options::=--force-confold $names
}

# need_packages WORD...: installs what is missing, or says which line would.
need_packages() {
    local names
    names=$(missing_packages "$@" | tr '\n' ' ')
    [ -n "${names// /}" ] || return 0
    command -v apt-get >/dev/null || fail "These are missing, and this is not Debian or Ubuntu: $names"
    if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
        fail "System packages are missing. Run this once, then $0 again:
    sudo apt-get install $names"
    fi
    step "Installing system packages: $names" install_packages "$@"
}

# --- Python ------------------------------------------------------------------------------------------------------

python_candidates() {
    local name
    [ -z "${PYTHON:-}" ] || echo "$PYTHON"
    for name in 3.12 3.13 3.14; do
        command -v "python$name" || true
        ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$name"*/bin/python3 /opt/python*/bin/"python$name" 2>/dev/null | sort -rV
    done
    command -v python3 || true
}

# A Python of 3.12 or newer that can make an environment; PYTHON names one by hand.
find_python() {
    local python
    for python in $(python_candidates); do
        if "$python" -c 'import sys, ssl, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; then
            echo "$python"
            return
        fi
    done
    return 1
}

# Distributions whose own Python is new enough: Debian 13, Ubuntu 24.04 and later.
python_packages() {
    local version
    version=$(apt-cache show python3 2>/dev/null | sed -n 's/^Version: 3\.\([0-9]*\).*/\1/p' | sort -n | tail -n 1)
    if [ -n "$version" ] && [ "$version" -ge 12 ]; then
        echo python3 python3-venv
    elif ! ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1; then
        echo python3-venv # nothing is known yet; the next look is after the update
    fi
}

need_python() {
    PYTHON=$(find_python) || fail "Baladiya needs Python 3.12 or newer, and this machine has none that can make an environment. One of these helps:
  - Debian 13 or Ubuntu 24.04 and later: apt-get install python3 python3-venv
  - any machine: pyenv install 3.12, then run this again (pyenv's versions are found by themselves)
  - a Python elsewhere: PYTHON=/path/to/python3.12 $0"
}

# need_environment base|notebooks|dev: the locked packages in .local/venv. Each set contains those before it.
need_environment() {
    local base notebooks dev
    base=$(cd "$ROOT" && cat requirements/base.txt requirements/build.txt | sha256sum | cut -c1-16)
    notebooks=$(cd "$ROOT" && cat requirements/base.txt requirements/build.txt requirements/notebooks.txt | sha256sum | cut -c1-16)
    dev=$(cd "$ROOT" && cat requirements/base.txt requirements/build.txt requirements/dev.txt | sha256sum | cut -c1-16)
    if [ -x "$VENV/bin/python" ]; then
        fresh packages "dev $dev" && return
        [ "$1" != dev ] && fresh packages "notebooks $notebooks" && return
        [ "$1" = base ] && fresh packages "base $base" && return
    fi
    need_python
    "$VENV/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null ||
        step "Making a Python environment with $("$PYTHON" --version)" "$PYTHON" -m venv --clear "$VENV"
    [ -x "$VENV/bin/uv" ] || step "Installing the installer" install_uv
    if [ "$1" = base ]; then
        step "Installing Python packages" install_packages_of base build
        stamp packages "base $base"
    elif [ "$1" = notebooks ]; then
        step "Installing Python packages and the notebook" install_packages_of base build notebooks
        stamp packages "notebooks $notebooks"
    else
        step "Installing Python packages and tools of the gate" install_packages_of dev
        stamp packages "dev $dev"
    fi
}

# Only its own entry of the lock: the rest goes faster through it.
install_uv() {
    sed -n '/^uv==/,/[^\\]$/p' "$ROOT/requirements/build.txt" >"$LOCAL/uv.txt"
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$LOCAL/uv.txt"
    rm "$LOCAL/uv.txt"
}

install_with_pip() {
    local files=() name
    for name in "$@"; do files+=(-r "$ROOT/requirements/$name.txt"); done
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes "${files[@]}"
}

# uv takes seconds where pip takes minutes; pip is there when uv cannot reach what pip can.
install_packages_of() {
    local files=() name
    for name in "$@"; do files+=("$ROOT/requirements/$name.txt"); done
    UV_PYTHON_DOWNLOADS=never "$VENV/bin/uv" pip sync --quiet --python "$VENV/bin/python" --require-hashes "${files[@]}" ||
        install_with_pip "$@"
}

# The servers that bin/bench compares with, apart from ours.
need_peers() {
    local wanted
    wanted=$(cd "$ROOT" && sha256sum requirements/peers.txt | cut -c1-16)
    [ -x "$LOCAL/peers/bin/gunicorn" ] && fresh peers "$wanted" && return
    need_python
    step "Making an environment for the peers" "$PYTHON" -m venv --clear "$LOCAL/peers"
    step "Installing the peers" install_peers
    stamp peers "$wanted"
}

install_peers() {
    UV_PYTHON_DOWNLOADS=never "$VENV/bin/uv" pip sync --quiet --python "$LOCAL/peers/bin/python" --require-hashes \
        "$ROOT/requirements/peers.txt" ||
        "$LOCAL/peers/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
            -r "$ROOT/requirements/peers.txt"
}

# The processes that read people's files may write nothing. What they alone load nobody else would compile, and each of
# them would do so for itself.
need_bytecode() {
    once bytecode "$(cat "$STAMPS/packages") $(hash_of gis apps/reports)" "Compiling what reads files" compile_readers
}

compile_readers() {
    local packages=("$VENV"/lib/python3.*/site-packages/{ezdxf,numpy,pi_heif,PIL,pyarrow,pyogrio,rasterio,shapely})
    cd "$ROOT"
    "$VENV/bin/python" -m compileall -q -j 0 -x 'site-packages/.*/tests/' gis apps/reports "${packages[@]}"
}

# --- front end, messages -----------------------------------------------------------------------------------------

# Node comes from the Python environment: the distributions' are old and pull in hundreds of packages.
with_node() { PATH="$VENV/bin:$PATH" "$@"; }

need_front_end() {
    local sources
    cd "$ROOT"
    once npm "$(hash_of package-lock.json .npmrc)" "Installing front-end packages" with_node npm ci --ignore-scripts --no-progress
    sources=$(hash_of build.mjs package-lock.json apps/*/frontend gis/frontend)
    [ -d apps/core/static/dist ] || rm -f "$STAMPS/bundle"
    once bundle "$sources" "Bundling the front end" with_node node build.mjs
}

need_messages() {
    local catalogue
    cd "$ROOT"
    for catalogue in $(find gis ogc apps -name '*.po' -path '*/LC_MESSAGES/*'); do
        [ "${catalogue%.po}.mo" -nt "$catalogue" ] ||
            msgfmt --check-format -o "${catalogue%.po}.mo" "$catalogue" || fail "$catalogue is not a sound catalogue."
    done
}

manage() { (cd "$ROOT" && "$VENV/bin/python" manage.py "$@"); }

# marked NAME=VALUE: ids of the processes that carry this in their environment.
marked() {
    local file
    for file in /proc/[0-9]*/environ; do
        if grep -qzxF "$1" "$file" 2>/dev/null; then
            file=${file#/proc/}
            echo "${file%/environ}"
        fi
    done
}

# end_marked NAME=VALUE: asks these processes to end, and after ten seconds no longer asks.
end_marked() {
    local pids
    pids=$(marked "$1")
    [ -n "$pids" ] || return 0
    kill -TERM $pids 2>/dev/null || true
    for _ in $(seq 100); do
        pids=$(marked "$1")
        [ -n "$pids" ] || return 0
        sleep 0.1
    done
    kill -KILL $pids 2>/dev/null || true
}

# Only one run or test at a time in a checkout. A step that outlived its killed command is ended first.
only_one() {
    STEP_MARK="$ROOT $1"
    mkdir -p "$LOCAL/run"
    exec 9>"$LOCAL/run/$1.lock"
    flock -n 9 || fail "Another bin/$1 is at work in this checkout."
    end_marked "BALADIYA_STEP=$STEP_MARK"
}
