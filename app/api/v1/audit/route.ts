import { auditList } from "@/lib/services/audit/list";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(auditList);
export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
