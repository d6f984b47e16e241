# setup.sh - sourced by ./demo and ./check: install what is missing, through apt; then build.
#
# On Debian 12 and 13 everything needed is a package. With the right to install (root, or sudo without a question)
# missing ones are installed; without it, the one command to run is printed and the script ends with status 2.

# What the program and its guests need, and what the tests need besides.
us_packages="gcc libc6-dev cmake ninja-build gcc-hppa-linux-gnu binutils-hppa-linux-gnu libreadline-dev libxxhash-dev libzstd-dev"
us_test_packages="libc6-dev-hppa-cross gcc-aarch64-linux-gnu libc6-dev-arm64-cross libmpfr-dev qemu-user gdb-multiarch
  cppcheck jq e2fsprogs dpkg-dev file libsdl2-dev libsdl2-ttf-dev libpng-dev libvterm-dev libslirp-dev libdw-dev
  fonts-dejavu-core xvfb"
# What ./check --all needs besides: a machine whose network is bad (tests/live/machine.sh), and what spreads a sweep over
# several (tests/campaign/spread.sh).
us_long_packages="iproute2 kmod user-mode-linux parallel slurm-wlm"

# us_missing PACKAGE...: print those that are not installed.
us_missing() {
    for package; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || printf '%s ' "$package"
    done
}

# us_install PACKAGE...
us_install() {
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        echo "No apt here. What Debian calls $* is taken to be installed." >&2
        return 0
    fi
    missing=$(us_missing "$@")
    missing=${missing% }
    [ -z "$missing" ] && return 0
    install="apt-get install -y --no-install-recommends $missing"
    if [ "$(id -u)" = 0 ]; then
        run=
        by_hand="apt-get update && $install"
    else
        run=sudo
        by_hand="sudo sh -c 'apt-get update && $install'"
        if ! sudo -n true 2>/dev/null; then
            echo "These packages are missing: $missing" >&2
            echo "Run this once as an administrator, then start again:" >&2
            echo "    $by_hand" >&2
            exit 2
        fi
    fi
    echo "Installing: $missing"
    log=$(mktemp)
    # shellcheck disable=SC2086 # several words
    if ! { $run apt-get update && $run env DEBIAN_FRONTEND=noninteractive $install; } >"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        echo "The packages could not be installed. Run this, then start again:" >&2
        echo "    $by_hand" >&2
        exit 2
    fi
    rm -f "$log"
}

# us_mirror: print the address of the Debian mirror that this machine's apt uses; nothing if there is none.
us_mirror() {
    # shellcheck disable=SC2016 # apt's own variable
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' 2>/dev/null | head -n 1
}

# us_build PRESET [CMAKE_OPTION...]: configure and build quietly; on failure show what went wrong.
us_build() {
    preset=$1
    log=$(mktemp)
    if ! { cmake --preset "$@" && cmake --build --preset "$preset"; } >"$log" 2>&1 </dev/null; then
        grep -E 'error|FAILED|CMake Error' "$log" | head -n 40 >&2
        tail -n 20 "$log" >&2
        rm -f "$log"
        echo "The $preset build failed." >&2
        exit 1
    fi
    rm -f "$log"
}
