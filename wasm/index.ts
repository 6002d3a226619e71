// The core's exports. Names are single lower-case words, because the component model wants them so.

export { cabi_realloc, reserve, reset } from './abi';
