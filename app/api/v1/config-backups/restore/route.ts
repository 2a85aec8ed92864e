import { configBackupRestore } from "@/lib/services/config-backup/restore";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

/** Fifty million bytes and their base64. */
const MAX_BYTES = 70_000_000;

export const POST = route(configBackupRestore, { takesForm: true, isForPages: true, maxBytes: MAX_BYTES });
export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
