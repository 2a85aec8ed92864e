import { ROLE_LABEL } from "@/components/status/role-badge";
import type { Role } from "@/lib/core/role";

/** Each role with its permissions in a line. */
export const ROLE_CHOICES: { value: Role; label: string; description: string }[] = [
  {
    value: "admin",
    label: ROLE_LABEL.admin,
    description: "Full access, including channels, sources, settings and users",
  },
  {
    value: "operator",
    label: ROLE_LABEL.operator,
    description: "Creates and runs jobs, restores to a new location, resends deliveries, resolves alerts",
  },
  {
    value: "viewer",
    label: ROLE_LABEL.viewer,
    description: "Read-only: jobs, runs and deliveries, without logs and contents",
  },
];
