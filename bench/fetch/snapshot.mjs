// A contestant: Hugging Face's own client for Node. argv: hub, repository, cache directory.

import { snapshotDownload } from '@huggingface/hub';

const [hubUrl, repo, cacheDir] = process.argv.slice(2);
await snapshotDownload({ hubUrl, repo, cacheDir });
