// The public library: what programs may import from 'nix-ai-models'.

export { ModelError, renderError } from './base/errors.ts';

// The steps of a pipeline, for programs that want to arrange them themselves.
export { createHttp } from './net/http.ts';
export { downloadManifest } from './download/download-manifest.ts';
