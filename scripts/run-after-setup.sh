#!/bin/sh
# Makes the checkout ready (scripts/setup.sh), then runs the given command in it.
# `npm test`, `npm run quickstart` and `npm run bench` come through here, so that each of them
# works as the first command after a clone.
set -eu
cd "$(dirname "$0")/.."
sh scripts/setup.sh
exec "$@"
