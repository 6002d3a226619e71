#!/bin/sh
# The headers that the plugin's backend is compiled against, for the Nix that is installed here: those
# that were installed with it, else (Debian's package has none) those of the distribution's own source
# package, fetched with apt from the archive that this machine already uses (its lists stay untouched).
#
#   sh scripts/nix-headers.sh     prints "<nix version> <include directory>" and leaves the headers
#                                 in build/nix-headers/<version>; exit status 3 and one line of
#                                 reason on stderr where they cannot be had
#
# NIX_AI_MODELS_NIX_HEADERS=DIR   use the headers at DIR instead: the `include` folder of an
#                                 installation, or up to 2.25 the `src` folder of a source tree;
#                                 from 2.34 on the folder of nix_api_expr.h and its like
set -eu
cd "$(dirname "$0")/.."

unavailable() {
  echo "nix-headers: $1" >&2
  exit 3
}

command -v nix-instantiate >/dev/null 2>&1 || unavailable "no Nix on PATH"
version=$(nix-instantiate --version | sed 's/.* //')
minor=$(echo "$version" | sed -n 's/^2\.\([0-9]*\).*/\1/p')
case "$version" in
  2.34.0* | 2.34pre*) unavailable "Nix $version calls plugins of its C API wrongly: use 2.34.1 or later" ;;
esac
if [ -z "$minor" ] || [ "$minor" -lt 4 ]; then
  unavailable "Nix $version has no backend (this version of the project has them from 2.4 on)"
fi

# Of the C API from 2.34 on, of the C++ API before.
has_headers() {
  if [ "$minor" -ge 34 ]; then
    [ -e "$1/nix_api_expr.h" ] || [ -e "$1/nix/nix_api_expr.h" ]
  else
    [ -e "$1/libexpr/eval.hh" ] || [ -e "$1/nix/eval.hh" ] || [ -e "$1/nix/expr/eval.hh" ]
  fi
}

if [ -n "${NIX_AI_MODELS_NIX_HEADERS:-}" ]; then
  has_headers "$NIX_AI_MODELS_NIX_HEADERS" ||
    unavailable "NIX_AI_MODELS_NIX_HEADERS=$NIX_AI_MODELS_NIX_HEADERS holds no headers of Nix $version"
  echo "$version $NIX_AI_MODELS_NIX_HEADERS"
  exit 0
fi

installed=$(dirname "$(dirname "$(readlink -f "$(command -v nix-instantiate)")")")/include
if has_headers "$installed"; then
  echo "$version $installed"
  exit 0
fi

# The C API is a part of its own in some packages; the compiler is told of the others by pkg-config too.
if [ "$minor" -ge 34 ]; then
  [ "$(pkg-config --modversion nix-expr-c 2>/dev/null)" = "$version" ] ||
    unavailable "no headers of the C API of Nix $version: set NIX_AI_MODELS_NIX_HEADERS to their folder"
  echo "$version $(pkg-config --variable=includedir nix-expr-c)"
  exit 0
fi

headers=build/nix-headers/$version
# The marker is written last: its presence means that the folder is complete.
if [ -e "$headers/.complete" ]; then
  echo "$version $headers"
  exit 0
fi

for command in apt-get dpkg-query dpkg-source; do
  command -v "$command" >/dev/null 2>&1 ||
    unavailable "no $command: set NIX_AI_MODELS_NIX_HEADERS to the headers of Nix $version"
done
package=$(dpkg-query -W -f "\${source:Package}=\${source:Version}" nix-bin 2>/dev/null) ||
  unavailable "Nix $version is not from a Debian package: set NIX_AI_MODELS_NIX_HEADERS to its headers"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
mkdir -p "$scratch/lists/partial" "$scratch/cache/archives/partial" "$scratch/source"

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
signed=""
[ ! -e "$keyring" ] || signed="[signed-by=$keyring] "
apt-get indextargets --format "deb-src $signed\$(REPO_URI) \$(RELEASE) \$(COMPONENT)" \
  'Created-By: Packages' | sort -u >"$scratch/sources.list"
[ -s "$scratch/sources.list" ] || unavailable "apt knows no package archive: run apt-get update"

# A private set of lists and caches, so that this works without root too.
apt() {
  apt-get -qq \
    -o Dir::Etc::sourcelist="$scratch/sources.list" -o Dir::Etc::sourceparts=- \
    -o Dir::State::Lists="$scratch/lists" -o Dir::Cache="$scratch/cache" \
    -o APT::Sandbox::User="$(id -un)" "$@" >"$scratch/log" 2>&1
}
echo "nix-headers: fetching the source of $package" >&2
apt -o APT::Update::Error-Mode=any update || unavailable "source lists cannot be fetched: $(tail -n 1 "$scratch/log")"
(cd "$scratch/source" && apt --download-only source "$package") ||
  unavailable "the source package cannot be fetched: $(tail -n 1 "$scratch/log")"
dpkg-source --no-check -x "$scratch"/source/*.dsc "$scratch/source/nix" >/dev/null 2>"$scratch/log" ||
  unavailable "the source package cannot be unpacked: $(tail -n 1 "$scratch/log")"

mkdir -p "$headers"
(cd "$scratch/source/nix/src" && find libutil libstore libexpr libfetchers libmain libcmd -name '*.hh' | tar -cf - -T -) |
  tar -xf - -C "$headers"
touch "$headers/.complete"
echo "$version $headers"
