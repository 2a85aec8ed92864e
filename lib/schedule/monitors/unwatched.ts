import type { MonitorFinding } from "./define-monitor";

/** Ends the alerts of destinations that are no longer watched for them. */
export function unwatchedFindings(
  open: readonly { subjectId: string; subjectName: string }[],
  watched: ReadonlySet<string>,
): MonitorFinding[] {
  return open.flatMap(({ subjectId: id, subjectName: name }) =>
    watched.has(id) ? [] : [{ subject: { kind: "destination" as const, id, name }, problem: null }],
  );
}
