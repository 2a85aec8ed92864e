import { configBackupDownload } from "@/lib/services/config-backup/download";
import { download } from "@/lib/web/download";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const POST = route(configBackupDownload, { respond: download, isForPages: true });
export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
