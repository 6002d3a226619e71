// A host for the core as C: reads messages from stdin (u32 length, bytes), and prints for each one
// sha256, sha512 and, of the message taken as a hash's text, the status and the reply of hashtext.
// wasm2c.test.ts builds and runs it.

#include "core.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// wasm2c's names up to 1.0.32 and after.
#ifdef MODERN_NAMES
typedef w2c_core Core;
#define CALL(name) w2c_core_##name
#define PREPARE(core) wasm2c_core_instantiate(core)
#else
typedef Z_core_instance_t Core;
#define CALL(name) Z_coreZ_##name
#define PREPARE(core) (Z_core_init_module(), Z_core_instantiate(core))
#endif

static Core core;

static u8 *at(u32 address, u32 size) {
  wasm_rt_memory_t *memory = CALL(memory)(&core);
  if ((u64)address + size > memory->size) abort();
  return memory->data + address;
}

static u32 word(u32 address) {
  u32 value;
  memcpy(&value, at(address, 4), 4);
  return value;
}

static u32 put(const char *bytes, u32 size) {
  u32 address = CALL(cabi_realloc)(&core, 0, 0, 1, size);
  memcpy(at(address, size), bytes, size);
  return address;
}

static void printDigest(u32 reply) {
  u32 size = word(reply + 8);
  const u8 *data = at(word(reply + 4), size);
  for (u32 i = 0; i < size; i++) printf("%02x", data[i]);
  printf(" ");
  CALL(reset)(&core);
}

static void printText(u32 reply) {
  u32 size = word(reply + 8);
  printf("%u %.*s\n", word(reply), word(reply) ? 0 : (int)size, (const char *)at(word(reply + 4), size));
  CALL(reset)(&core);
}

int main(void) {
  wasm_rt_init();
  PREPARE(&core);
  static char message[1 << 20];
  u32 size;
  while (fread(&size, 4, 1, stdin) == 1 && size <= sizeof message) {
    if (fread(message, 1, size, stdin) != size) return 1;
    printDigest(CALL(sha256)(&core, put(message, size), size));
    printDigest(CALL(sha512)(&core, put(message, size), size));
    printText(CALL(hashtext)(&core, 3, put(message, size), size));
  }
  return 0;
}
