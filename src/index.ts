// The public library: what programs may import from 'nix-ai-models'.

export { ModelError, renderError } from './base/errors.ts';
