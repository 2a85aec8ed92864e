/**
 * The known name that somebody most likely meant; null when none is close. Case, `-` and `_` do not count.
 * Close is: at most a third of the letters differ, or one is the beginning of the other.
 */
export function closestName(name: string, known: readonly string[]): string | null {
  const wanted = plain(name);
  let best: { name: string; distance: number } | null = null;
  for (const candidate of known) {
    const other = plain(candidate);
    const length = Math.max(wanted.length, other.length);
    // Longer names are nobody's slip, and would cost time.
    if (length > MAX_LENGTH) continue;
    const isBeginning = wanted.length > 2 && (other.startsWith(wanted) || wanted.startsWith(other));
    const distance = editDistance(wanted, other);
    if (!isBeginning && distance > Math.max(1, Math.floor(length / 3))) continue;
    if (distance < length && (!best || distance < best.distance)) best = { name: candidate, distance };
  }
  return best?.name ?? null;
}

const MAX_LENGTH = 64;

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, "");
}

/** Letters to insert, drop, replace, or swap with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, replaced, isSwap ? at(i - 2, j - 2) + 1 : replaced));
    }
  }
  return at(a.length, b.length);
}
