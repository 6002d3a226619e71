// Who may ask what. Without a token the hub is open; with one it answers nobody else; a gated
// repository may be looked at by everyone but gives its files only to the token's holder.

import { createHash, timingSafeEqual } from 'node:crypto';
import { type Answer, hubError, refusal } from './answer.ts';
import type { Route } from './route.ts';

export interface AccessRules {
  readonly token?: string | undefined;
  /** `org/name`, with `datasets/` or `spaces/` before it. When set, the rest of the hub is open. */
  readonly gated: readonly string[];
}

/** By this very text clients tell a bad token from a missing one. */
const INVALID_TOKEN = 'Invalid credentials in Authorization header';

export type Access = 'granted' | 'anonymous' | 'refused';

/** `refused` is a token that is not ours. An open hub takes any: clients send what they have. */
export function accessOf({ token }: AccessRules, authorization: string | undefined): Access {
  const [, presented] = /^Bearer\s+(\S+)$/i.exec(authorization?.trim() ?? '') ?? [];
  if (presented === undefined) return 'anonymous';
  return token !== undefined && isSameSecret(presented, token) ? 'granted' : 'refused';
}

/** The refusal that stands against this question, if any. */
export function checkAccess(
  rules: AccessRules,
  access: Access,
  route: Route | undefined,
): Answer | undefined {
  if (access === 'granted' || route?.name === 'health') return undefined;
  const { token, gated } = rules;
  if (token !== undefined && access === 'refused') return refusal(401, INVALID_TOKEN);
  if (token !== undefined && gated.length === 0) return refusal(401, 'Invalid username or password.');
  if (route?.name === 'file' && isGated(rules, route)) {
    const message = `Access to ${route.id} is restricted: its files are given to holders of the hub's token.`;
    return hubError('GatedRepo', message, access === 'anonymous' ? 401 : 403);
  }
  return undefined;
}

export function isGated({ gated }: AccessRules, { kind, id }: { kind: string; id: string }): boolean {
  return gated.includes(kind === 'models' ? id : `${kind}/${id}`);
}

/** Compares digests, so that neither the time nor the length tells anything about the secret. */
function isSameSecret(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
