// How long the fuzz tests go on: NIX_AI_MODELS_SOAK=<rounds> for each parser, as scripts/soak.sh sets it,
// or so few that nobody waits for them.

const SOAK = Number(process.env['NIX_AI_MODELS_SOAK'] ?? 0);

/** Long enough for a million rounds on a slow machine. */
export const SOAK_TIMEOUT_MS = 6 * 60 * 60 * 1000;

export function soakRounds(few: number): number {
  return SOAK > 1 ? SOAK : few;
}

/** In a soak, says what was done. */
export function tellSoak(what: string, rounds: number, since: number): void {
  const seconds = (performance.now() - since) / 1000;
  if (SOAK > 1) console.log(`${what}: ${rounds} inputs, ${Math.round(rounds / seconds)} a second`);
}
