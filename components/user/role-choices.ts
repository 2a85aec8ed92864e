import type { Role } from "@/lib/core/role";

/** What each role may do, in a line. */
export const ROLE_CHOICES: { value: Role; label: string; description: string }[] = [
  { value: "admin", label: "Admin", description: "Everything: channels, sources, settings and users included" },
  {
    value: "operator",
    label: "Operator",
    description: "Creates and runs jobs, restores to a new place, resends and resolves",
  },
  { value: "viewer", label: "Viewer", description: "Looks on: jobs, runs and deliveries, without logs and contents" },
];
