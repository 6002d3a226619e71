// JSON as an expression of the Nix language, for the expressions that commands print. Pure.

export function nixValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value).replaceAll('${', '\\${');
  if (Array.isArray(value)) return ['[', ...value.map(nixValue), ']'].join(' ');
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).map(([name, member]) => `${nixValue(name)} = ${nixValue(member)};`);
  return ['{', ...members, '}'].join(' ');
}
