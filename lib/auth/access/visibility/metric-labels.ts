import type { Role } from "@/lib/core/role";

/** Labels of metrics: names that viewers see elsewhere, and words of a closed list. */
export const METRIC_LABELS = {
  name: "viewer",
  version: "viewer",
  status: "viewer",
  channel: "viewer",
  provider: "viewer",
  severity: "viewer",
  job: "viewer",
} as const satisfies Record<string, Role>;
