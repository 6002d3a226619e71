/* The core (made by wasm2c) and its runtime as one unit: the call-depth counter that every WASM function
   touches is then addressed directly, and nothing of either is visible outside of the backend. */

#include "wasm-trap.h"

#include "core.c"
#include "wasm-rt-impl.c"
