// A download in a process of its own, to be killed: argv[2] is JSON of { url, directory, files }.

import { createHttp, downloadManifest } from '../../build/js/index.js';

const { url, directory, files } = JSON.parse(process.argv[2]);
const http = createHttp({ environment: {} });
const locate = ({ path }) => Promise.resolve({ urls: [`${url}/${path}`] });
await downloadManifest({ source: {}, files }, { http, directory, locate });
await http.close();
