// The core's exports. Names are single lower-case words, because the component model wants them so.

export { cabi_realloc, reserve, reset } from './abi';
export { hashfinal, hashopen, hashupdate, sha256, sha512 } from './hash';
export { hashparse, hashtext, hashwrite } from './hash-text';
export { lanedigest, lanepad, lanesopen, lanesrun, lanestart } from './lanes';
