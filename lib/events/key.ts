/** A problem's dedup key: its event type and its subject. Built here and nowhere else. */
export function keyOf(type: string, subjectId: string): string {
  return `${type}:${subjectId}`;
}
