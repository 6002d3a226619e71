/* The core (made by wasm2c) and its runtime as one unit: the call-depth counter that every WASM function
   touches is then addressed directly, and nothing of either is visible outside of the backend. */

#include "wasm-trap.h"

#include "core.c"
#include "wasm-rt-impl.c"
#if __has_include("wasm-rt-mem-impl.c")
#include "wasm-rt-mem-impl.c" /* a file of its own from 1.0.34 on */
#endif
