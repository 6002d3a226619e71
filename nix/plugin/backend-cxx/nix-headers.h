// Nix's own headers, in one place: their names and warnings differ between releases, ours do not.
#pragma once

#include <nix/config.h>

#include <eval-inline.hh>
#include <eval.hh>
#include <globals.hh>
#include <primops.hh>
#include <store-api.hh>
#include <util.hh>
