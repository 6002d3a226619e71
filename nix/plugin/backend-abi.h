// The handshake between the loader and a backend: one C function, found by name.
#pragma once

/** Raised whenever the function below changes its meaning; a backend of another build is refused. */
#define NIX_AI_MODELS_BACKEND_ABI 1
#define NIX_AI_MODELS_BACKEND_SYMBOL "nix_ai_models_backend"

extern "C" {
/**
 * Registers the builtins with the running Nix. `root` is the folder that holds bin/ and nix/, and is
 * copied. Returns null, or why it could not (static text). Throws nothing.
 */
typedef const char *NixAiModelsBackend(int abi, const char *root);
}
