// Removes secrets from text that a person or a log will see. Called by ModelError's constructor
// and by whatever prints a URL; it knows shapes of secrets, never their values.

const RULES: readonly (readonly [RegExp, string])[] = [
  // Tokens of the hubs, by their published prefixes.
  [/\b(hf|api_org|ghp|gho|ghs|glpat|github_pat)_[A-Za-z0-9_-]{8,}/g, '$1_[redacted]'],
  // `Authorization: Bearer …`, however it was quoted.
  [/\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi, '$1 [redacted]'],
  // user:password@ in a URL.
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^/\s:@]*(?::[^/\s@]*)?@/gi, '$1[redacted]@'],
  // Signed URLs: AWS, Azure SAS, Google, CloudFront and plain token parameters.
  [
    /([?&](?:x-amz-(?:signature|security-token|credential)|signature|sig|x-goog-signature|key-pair-id|policy|token|access_token|api_key|password)=)[^&\s"']+/gi,
    '$1[redacted]',
  ],
];

export function redact(text: string): string {
  return RULES.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}
