#!/bin/sh
# Other releases of Nix than the one that is installed, for the plugin's tests. There is one: 2.26.3 of
# Debian 13, in a chroot below build/matrix, with a backend of its own in build/plugin/2.26.
#
#   sh scripts/plugin-matrix.sh prepare      makes the chroot and builds the backend (about a minute,
#                                            some seconds when it is there); exit status 3 and one
#                                            line of reason where that cannot be done
#   sh scripts/plugin-matrix.sh run COMMAND  runs a command in it, with the checkout and /tmp in place
#   sh scripts/plugin-matrix.sh test [WORD…] prepares, and runs test/plugin against it with vitest
#   sh scripts/plugin-matrix.sh clean        removes the chroot and its backend
#
# NIX_AI_MODELS_MATRIX_NIX=FILE   a tar.zst of /opt/nix: Nix with shared libraries and headers, built
#                                 for Debian 13 (its own package is one static executable, which loads
#                                 no plugin). By default ../shared/tools/nix-2.26.3-trixie-*.tar.zst;
#                                 where there is none, Debian's source is built (ten minutes more).
#
# Everything is mounted in a mount namespace of the running command: nothing to unmount, whatever ends it.
set -eu
checkout=$(cd "$(dirname "$0")/.." && pwd -P)
matrix=$checkout/build/matrix
root=$matrix/trixie
# Compilers and headers for the backend; what the Nix in the tarball is linked with; what tests call.
PACKAGES="g++ make nlohmann-json3-dev libboost-dev libgc-dev zlib1g-dev
  libarchive13t64 libboost-context1.83.0 libbrotli1 libcpuid17 libcurl3t64-gnutls libgit2-1.9 liblowdown2
  libreadline8t64 libsodium23
  binutils procps strace"

unavailable() {
  echo "plugin-matrix: $1" >&2
  exit 3
}

# The file that was given, that is there already, or that is built now from the mirror $1.
tarball() {
  given=${NIX_AI_MODELS_MATRIX_NIX:-}
  [ -z "$given" ] || [ -f "$given" ] || unavailable "NIX_AI_MODELS_MATRIX_NIX=$given is no file"
  name=nix-2.26.3-trixie-$(dpkg --print-architecture).tar.zst
  for file in "$given" "$checkout/../shared/tools/$name" "$matrix/$name"; do
    [ ! -f "$file" ] || { readlink -f "$file" && return; }
  done
  echo "plugin-matrix: building Nix 2.26.3 from Debian's source" >&2
  nice sh "$checkout/scripts/build-matrix-nix.sh" "$1" "$matrix/$name" ||
    unavailable "Nix cannot be built: $(tail -n 1 "$matrix/$name.log")"
  echo "$matrix/$name"
}

# The mirror that this machine's own apt uses, for the suite that it has.
mirror() {
  suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  apt-get indextargets --format "\$(REPO_URI) \$(RELEASE)" 'Created-By: Packages' |
    awk -v suite="$suite" '$2 == suite { print $1; exit }'
}

# Replaces this shell by a command in the chroot; its mounts are gone when it ends.
enter() {
  # shellcheck disable=SC2016 # for the inner shell
  exec unshare --mount --propagation private sh -c '
    root=$1 checkout=$2 directory=$3 node=$4
    shift 4
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount --rbind /tmp "$root/tmp"
    mount --bind "$checkout" "$root$checkout"
    mount --bind "$node" "$root/usr/local/bin/node"
    exec chroot "$root" sh -c "cd \"\$0\" && exec \"\$@\"" "$directory" "$@"
  ' matrix "$root" "$checkout" "$(pwd -P)" "$(readlink -f "$(command -v node)")" \
    env PATH=/opt/nix/bin:/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin LC_ALL=C.UTF-8 "$@"
}

prepare() {
  [ "$(id -u)" = 0 ] || unavailable "a chroot needs root"
  if [ ! -e "$root/.complete" ]; then
    for command in apt-get unshare; do
      command -v "$command" >/dev/null 2>&1 || unavailable "no $command"
    done
    for command in debootstrap zstd; do
      command -v "$command" >/dev/null 2>&1 || apt-get install -y -qq --no-install-recommends "$command" >&2
    done
    uri=$(mirror)
    [ -n "$uri" ] || unavailable "apt knows no mirror of Debian: run apt-get update"
    mkdir -p "$matrix"
    file=$(tarball "$uri") || exit 3
    rm -rf --one-file-system "$root"
    echo "plugin-matrix: Debian 13 in build/matrix/trixie" >&2
    make_root "$uri" "$file" >"$matrix/log" 2>&1 || unavailable "cannot make the chroot: $(tail -n 1 "$matrix/log")"
    echo "$PACKAGES" >"$root/.complete"
  elif [ "$(cat "$root/.complete")" != "$PACKAGES" ]; then
    install_packages >"$matrix/log" 2>&1 || unavailable "cannot add packages: $(tail -n 1 "$matrix/log")"
    echo "$PACKAGES" >"$root/.complete"
  fi
  # What knows nothing of Nix comes from the build for the Nix that is installed here.
  sh scripts/build-plugin.sh
  [ -e build/plugin/obj/core-unit.o ] || unavailable "build the plugin for the installed Nix first"
  (enter sh scripts/build-plugin.sh backend)
  touch build/plugin/2.26/backend.so
}

# Chained, because `set -e` means nothing where the caller looks at the status.
make_root() {
  unshare --mount --propagation private \
    debootstrap --variant=minbase --include=ca-certificates trixie "$root" "$1" &&
    tar --zstd -xf "$2" -C "$root" &&
    mkdir -p "$root$checkout" "$root/etc/nix" &&
    touch "$root/usr/local/bin/node" &&
    echo /opt/nix/lib >"$root/etc/ld.so.conf.d/nix.conf" &&
    printf '%s\n' 'build-users-group =' 'sandbox = false' 'substituters =' >"$root/etc/nix/nix.conf" &&
    install_packages
}

# shellcheck disable=SC2086 # a list of words on purpose
install_packages() (
  export DEBIAN_FRONTEND=noninteractive
  enter sh -c 'apt-get -qq update && apt-get install -y -qq --no-install-recommends "$@" && ldconfig' \
    apt $PACKAGES
)

command=${1:-test}
[ $# -eq 0 ] || shift
case "$command" in
  prepare) cd "$checkout" && prepare ;;
  run) enter "$@" ;;
  test)
    cd "$checkout"
    prepare
    exec node_modules/.bin/vitest run --project 'nix 2.26' "$@"
    ;;
  clean) rm -rf --one-file-system "$matrix" "$checkout/build/plugin/2.26" ;;
  *)
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
