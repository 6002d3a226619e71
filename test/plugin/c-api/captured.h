// The primops that the backend has made, by name: the driver calls them by itself.
#pragma once

#include <nix_api_expr.h>
#include <nix_api_value.h>

#include <string>

struct Captured {
  PrimOpFun function;
  void *data;
};

/** Null where there is none of this name. */
const Captured *captured(const std::string &name);
