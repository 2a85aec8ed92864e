/** What differs between the copies of one backup. */
interface Copy {
  runId: string;
  damage: string | null;
  provenAt: string | null;
  proofError: string | null;
}

/** Backups with their copies: what one run stored in several destinations. The order stays that of the first copy of each. */
export function groupCopies<A extends Copy>(artifacts: readonly A[]): A[][] {
  const groups = new Map<string, A[]>();
  for (const artifact of artifacts) {
    const copies = groups.get(artifact.runId);
    if (copies) copies.push(artifact);
    else groups.set(artifact.runId, [artifact]);
  }
  return [...groups.values()];
}

/** The copy to restore from: one that was restored before, and none that is damaged while there is another. */
export function bestCopy<A extends Copy>(copies: readonly [A, ...A[]]): A {
  return copies.reduce((best, copy) => (rankOf(copy) < rankOf(best) ? copy : best));
}

function rankOf({ damage, provenAt, proofError }: Copy): number {
  if (damage !== null) return 3;
  if (proofError !== null) return 2;
  return provenAt === null ? 1 : 0;
}
