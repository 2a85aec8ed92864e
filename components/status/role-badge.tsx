import { Badge } from "@/components/ui/badge";
import type { Role } from "@/lib/core/role";

export const ROLE_LABEL: Record<Role, string> = { admin: "Admin", operator: "Operator", viewer: "Viewer" };

export function RoleBadge({ role }: { role: Role }) {
  return <Badge>{ROLE_LABEL[role]}</Badge>;
}
