// The core's exports. Names are single lower-case words, because the component model wants them so.

export { cabi_realloc, reserve, reset } from './abi';
export { hashfinal, hashopen, hashupdate, sha256, sha512 } from './hash';
export { hashparse, hashtext, hashwrite } from './hash-text';
export { lanedigest, lanepad, lanesopen, lanesrun, lanestart } from './lanes';

// The component's names for `post`, one for each function of wit/core.wit.
export { post as cabi_post_hashparse, post as cabi_post_hashtext } from './abi';
export { post as cabi_post_hashwrite } from './abi';
export { post as cabi_post_sha256, post as cabi_post_sha512 } from './abi';
