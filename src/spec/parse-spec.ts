// Reads a spec in any of the forms that docs/spec.md describes. Everything that takes a spec from
// outside calls it; the work is the WASM core's, which the evaluator plugin shares.

import type { Spec } from '../base/spec.ts';
import { jsonOf } from '../core/text-reply.ts';

/** The normalised spec. Parsing it again gives the same. Throws SPEC_INVALID and its relatives. */
export function parseSpec(input: unknown): Spec {
  return jsonOf('parsespec', JSON.stringify(input ?? null)) as Spec;
}

/** What a short form on the command line stands for: `huggingface:org/name@revision`, a URL. */
export function parseShortForm(text: string): Spec {
  return parseSpec({ source: text });
}
