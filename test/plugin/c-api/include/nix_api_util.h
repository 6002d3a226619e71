// See nix_api_value.h.
#pragma once
#include "nix_api_value.h"
