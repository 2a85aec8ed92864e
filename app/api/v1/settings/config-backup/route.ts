import { configBackupGet } from "@/lib/services/config-backup/get";
import { configBackupUpdate } from "@/lib/services/config-backup/update";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(configBackupGet);
export const PATCH = route(configBackupUpdate);
export const { POST, PUT, DELETE } = otherMethods("GET, PATCH");
