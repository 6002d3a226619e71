// The core's exports. Names are single lower-case words, because the component model wants them so.

export { cabi_realloc, reserve, reset } from './abi';
export { hashfinal, hashopen, hashupdate, sha256, sha512 } from './hash';
export { hashparse, hashtext, hashwrite } from './hash-text';
export { lanedigest, lanepad, lanesopen, lanesrun, lanestart } from './lanes';
export { safetensors, safetensorssize, safetensorstotals } from './safetensors';
export { gguf, ggufsize, gguftotals } from './gguf';
export { checkname, storename } from './name';
export { checkpaths } from './path-check';
export { globmatch, selectpaths } from './glob-match';
export { narframes } from './nar';
export { decodeopen, decodestep } from './decode/decoder';
export { inspectopen, scanfeed, scanopen, scanstep } from './scan/session';
export { scantree } from './scan/tree';
export { parsespec } from './spec/spec';
export { pin, plan } from './plan';
export { storepath } from './store-path';

// The component's names for `post`, one for each function of wit/core.wit.
export { post as cabi_post_hashparse, post as cabi_post_hashtext } from './abi';
export { post as cabi_post_hashwrite } from './abi';
export { post as cabi_post_sha256, post as cabi_post_sha512 } from './abi';
export { post as cabi_post_checkname, post as cabi_post_storename } from './abi';
export { post as cabi_post_checkpaths, post as cabi_post_narframes } from './abi';
export { post as cabi_post_globmatch, post as cabi_post_selectpaths } from './abi';
export { post as cabi_post_parsespec, post as cabi_post_pin, post as cabi_post_plan } from './abi';
export { post as cabi_post_storepath } from './abi';
export { post as cabi_post_safetensors, post as cabi_post_safetensorssize } from './abi';
export { post as cabi_post_gguf, post as cabi_post_ggufsize } from './abi';
export { post as cabi_post_safetensorstotals, post as cabi_post_gguftotals } from './abi';
