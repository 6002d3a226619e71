// The public library: what programs may import from 'nix-ai-models'. The command line is built on
// the same functions.

export type { Locate, Locator, Manifest, ManifestFile, Stage, StagedFile } from './base/manifest.ts';
export type { Progress, ProgressEvent } from './base/progress.ts';
export type { FilePatterns, LockEntry, SourceSpec, Spec } from './base/spec.ts';
export type { Context } from './context.ts';
export type { FetchedModel } from './fetch-model.ts';
export type { InspectedModel } from './inspect-model.ts';
export type { LockFile } from './lock/lock-file.ts';
export { ModelError, renderError } from './base/errors.ts';
export { planModel } from './core/plan.ts';
export { downloadManifest } from './download/download-manifest.ts';
export { fetchModel } from './fetch-model.ts';
export { serveHub } from './hub/serve.ts';
export { inspectModel, inspectPath } from './inspect-model.ts';
export { readLock, writeLock } from './lock/lock-file.ts';
export { lockModel } from './lock-models.ts';
export { createHttp } from './net/http.ts';
export { prefetchModel } from './prefetch-model.ts';
export { parsePolicy } from './scan/policy.ts';
export type { Policy } from './scan/policy.ts';
export { scanPaths } from './scan/scan-paths.ts';
export type { PathsReport } from './scan/scan-paths.ts';
export { parseSpec } from './spec/parse-spec.ts';
export { openStore } from './store/nix-store.ts';
export { verifyModel } from './verify-model.ts';

// Hashes as the whole project computes and reads them.
export { convertHash, formatHash, parseHash } from './core/core.ts';
export { createHasher } from './core/hasher.ts';
export { hashFiles } from './core/hash-files.ts';
