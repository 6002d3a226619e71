// Text from a server on its way into a message. A terminal acts upon control characters, and some
// characters turn the direction of writing round: none of them may come from a hub.

/** The same text with a question mark for every such character, cut after `maxLength`. */
export function printable(text: string, maxLength = 300): string {
  const safe = text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '?');
  return safe.length > maxLength ? `${safe.slice(0, maxLength)}…` : safe;
}
