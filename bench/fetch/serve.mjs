// The server of the fetch benches, in a process of its own and the same for every contestant: our
// hub over the folder in argv[2]. Prints its address when every file is hashed; ends with its input.

import { serveHub } from '../../build/js/index.js';

const hub = await serveHub({ roots: [process.argv[2]] });
await hub.ready;
console.log(hub.url);
process.stdin.resume().on('end', () => hub.close());
