import { configBackupRun } from "@/lib/services/config-backup/run";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const POST = route(configBackupRun, { status: 202 });
export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
