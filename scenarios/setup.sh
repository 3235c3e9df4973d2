# shellcheck shell=bash
# What scenarios/run and Tests/run share: whatever is missing is installed, then everything is built.
# To be sourced; sets `top`, the repository's folder. Wants `set -euo pipefail`.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# The same for building, running and testing, so that nothing is built twice. The last option has the build fail when
# a module imports one that the manifest does not give it.
swift_options=(--package-path "$top" -c release --explicit-target-dependency-import-check error)

say() { printf '%s\n' "$*" >&2; }

# Ends with the status of something that is not to be had (sysexits.h).
unavailable() {
    say "error: $1"
    shift
    local line
    for line in "$@"; do say "  $line"; done
    exit 69
}

require_swift() {
    local version major minor
    command -v swift >/dev/null || unavailable "there is no Swift toolchain on the PATH" \
        "Install Swift 6.2 or later: https://www.swift.org/install/linux/"
    version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1)
    major=${version%%.*} minor=${version##*.}
    if [ -z "$version" ] || [ "$major" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 2 ]; }; then
        unavailable "Swift 6.2 or later is needed, this is ${version:-of no known version}" \
            "Install a later one: https://www.swift.org/install/linux/"
    fi
}

# Programs that are needed besides what builds, each in the package of its name.
also_needed=()

# The Debian packages that are needed and not there, one a line.
missing_packages() {
    local program
    command -v git >/dev/null || echo git
    [ -s /etc/ssl/certs/ca-certificates.crt ] || [ -s /etc/pki/tls/certs/ca-bundle.crt ] || echo ca-certificates
    command -v pkg-config >/dev/null || echo pkg-config
    pkg-config --exists openblas 2>/dev/null || echo libopenblas-dev
    pkg-config --exists sqlite3 2>/dev/null || echo libsqlite3-dev
    pkg-config --exists zlib 2>/dev/null || echo zlib1g-dev
    for program in "${also_needed[@]}"; do command -v "$program" >/dev/null || echo "$program"; done
}

install_packages() {
    local packages as_root=() log
    mapfile -t packages < <(missing_packages)
    [ ${#packages[@]} -gt 0 ] || return 0
    local by_hand="apt-get update && apt-get install ${packages[*]}"
    command -v apt-get >/dev/null || unavailable "these Debian packages, or what they are called here, are missing: ${packages[*]}"
    if [ "$(id -u)" -ne 0 ]; then
        # With a password to ask for, sudo needs a terminal to ask on.
        if ! command -v sudo >/dev/null || ! { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
            unavailable "system packages are missing, and installing them takes root" "Run as root: $by_hand"
        fi
        as_root=(sudo)
    fi
    say "Installing ${packages[*]}"
    log=$(mktemp)
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
    # A repository that cannot be updated need not be the one that has the packages.
    "${apt[@]}" update >"$log" 2>&1 || true
    if ! "${apt[@]}" install -y --no-install-recommends "${packages[@]}" >>"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        unavailable "the packages could not be installed" "Run as root: $by_hand"
    fi
    rm -f "$log"
    mapfile -t packages < <(missing_packages)
    [ ${#packages[@]} -eq 0 ] || unavailable "still not found after the installation: ${packages[*]}"
}

# Shows how far the build is: the last step in its log, on one line of a terminal, or every half minute.
show_progress() {
    local log=$1 step shown='' seconds=0
    while sleep 1; do
        seconds=$((seconds + 1))
        step=$(tail -c 4000 "$log" 2>/dev/null | tr '\r' '\n' | grep -v '^ *$' | tail -n 1 | cut -c 1-70) || true
        if [ -t 2 ]; then
            printf '\r\033[KBuilding, %d:%02d  %s' $((seconds / 60)) $((seconds % 60)) "$step" >&2
        elif [ $((seconds % 30)) -eq 0 ] && [ "$step" != "$shown" ]; then
            say "Building, $((seconds / 60)):$(printf '%02d' $((seconds % 60)))  $step"
            shown=$step
        fi
    done
}

# Builds; silent but for the progress, unless it fails. Arguments go to `swift build`.
build() {
    local log=$top/.build/build.log status=0 progress
    mkdir -p "$top/.build"
    : >"$log"
    show_progress "$log" &
    progress=$!
    # shellcheck disable=SC2064 # the id is known now
    trap "kill $progress 2>/dev/null" EXIT
    swift build "${swift_options[@]}" "$@" >"$log" 2>&1 || status=$?
    kill "$progress" 2>/dev/null || true
    wait "$progress" 2>/dev/null || true
    trap - EXIT
    [ ! -t 2 ] || printf '\r\033[K' >&2
    [ "$status" -eq 0 ] && return
    grep -vE '^\[[0-9]+/[0-9]+\] ' "$log" >&2 || true
    say "error: the build failed; the whole of it is in $log"
    exit "$status"
}

# Everything that a command needs before it can do its work.
set_up() {
    require_swift
    install_packages
    build "$@"
}
