// Nix's own headers, in one place: their names and warnings differ between releases, ours do not.
#pragma once

#ifndef NIX_RELEASE
#error "NIX_RELEASE must be 100 * major + minor of the Nix whose headers these are"
#endif

#if NIX_RELEASE >= 228
#include <nix/expr/eval-inline.hh>
#include <nix/expr/eval-settings.hh>
#include <nix/expr/eval.hh>
#include <nix/expr/primops.hh>
#include <nix/store/filetransfer.hh>
#include <nix/store/globals.hh>
#include <nix/store/local-fs-store.hh>
#include <nix/store/store-api.hh>
#include <nix/util/signals.hh>
#include <nix/util/util.hh>
#else
#include <eval-inline.hh>
#include <eval.hh>
#include <filetransfer.hh>
#include <globals.hh>
#include <local-fs-store.hh>
#include <primops.hh>
#include <store-api.hh>
#include <util.hh>
#if NIX_RELEASE >= 218
#include <eval-settings.hh>
#endif
#if NIX_RELEASE >= 219
#include <signals.hh>
#endif
#endif
