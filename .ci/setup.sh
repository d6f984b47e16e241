# setup.sh - sourced by ./demo and ./check: install what is missing, through apt; then build.
#
# On Debian 12 everything needed is a package. With the right to install (root, or sudo without a question) missing ones
# are installed; without it, the one command to run is printed and the script ends with status 2.

us_packages="gcc clang make cmake ninja-build pkg-config libc6-dev
  gcc-hppa-linux-gnu binutils-hppa-linux-gnu libc6-dev-hppa-cross
  gcc-aarch64-linux-gnu libc6-dev-arm64-cross
  libreadline-dev libxxhash-dev libmpfr-dev qemu-user"

us_missing() {
    for package in $us_packages; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || printf '%s ' "$package"
    done
}

us_install() {
    missing=$(us_missing)
    [ -z "$missing" ] && return 0
    apt="apt-get install -y --no-install-recommends $missing"
    if [ "$(id -u)" = 0 ]; then
        run=
    elif sudo -n true 2>/dev/null; then
        run=sudo
    else
        echo "These packages are missing. Run this once, then start again:" >&2
        echo "    sudo $apt" >&2
        exit 2
    fi
    echo "Installing: $missing"
    log=$(mktemp)
    if ! { $run env DEBIAN_FRONTEND=noninteractive apt-get update &&
           $run env DEBIAN_FRONTEND=noninteractive $apt; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        echo "The packages could not be installed. Run this, then start again:" >&2
        echo "    sudo $apt" >&2
        exit 2
    fi
    rm -f "$log"
}

# us_build PRESET: configure and build quietly; on failure show what went wrong.
us_build() {
    log=$(mktemp)
    if ! { cmake --preset "$1" && cmake --build --preset "$1"; } >"$log" 2>&1; then
        grep -E 'error|FAILED|CMake Error' "$log" | head -n 40 >&2
        tail -n 20 "$log" >&2
        exit 1
    fi
    rm -f "$log"
}
