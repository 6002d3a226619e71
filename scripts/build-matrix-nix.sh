#!/bin/sh
# Builds the Nix that scripts/plugin-matrix.sh tests the plugin with, where nobody has it ready: Debian 13's
# own source of Nix 2.26.3, with shared libraries and headers, installed to /opt/nix (Debian's package is
# one static executable, which loads no plugin). Takes ten minutes on two cores.
#
#   sh scripts/build-matrix-nix.sh MIRROR FILE   MIRROR is of Debian; FILE becomes a tar.zst of /opt/nix
#
# Works in FILE.build, a chroot that is removed again.
set -eu
mirror=$1
file=$2
root=$file.build

# What is done in the chroot.
write_recipe() {
  cat <<'RECIPE'
set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
apt-get -qq update
apt-get -qq -y --no-install-recommends build-dep nix
apt-get -qq -y --no-install-recommends install bash-static libreadline-dev
mkdir /build
cd /build
apt-get -qq -o APT::Sandbox::User=root source nix
cd nix-*/
libraries=/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)
export EDITLINE_CFLAGS=-DREADLINE EDITLINE_LIBS="$libraries/libhistory.so $libraries/libreadline.so"
meson setup build --prefix=/opt/nix --localstatedir=/nix/var --sysconfdir=/etc --libdir=lib \
  -D doc-gen=false -D bindings=false -D unit-tests=false -D default_library=shared \
  -D libcmd:readline-flavor=readline -D libexpr:gc=enabled -D libstore:sandbox-shell=/usr/bin/bash-static \
  -D optimization=1 -D debug=false
ninja -C build
ninja -C build install
RECIPE
}

build() {
  unshare --mount --propagation private \
    debootstrap --variant=minbase --include=ca-certificates trixie "$root" "$mirror"
  printf 'deb %s trixie main\ndeb-src %s trixie main\n' "$mirror" "$mirror" >"$root/etc/apt/sources.list"
  write_recipe >"$root/recipe.sh"
  # shellcheck disable=SC2016 # for the inner shell
  unshare --mount --propagation private sh -c '
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
    exec chroot "$1" sh /recipe.sh
  ' matrix "$root" </dev/null
  tar --zstd -cf "$file.part" -C "$root" opt/nix
  mv -f "$file.part" "$file"
}

rm -rf --one-file-system "$root"
mkdir -p "$root"
trap 'rm -rf --one-file-system "$root"' EXIT
trap 'exit 130' INT TERM
build >"$file.log" 2>&1
