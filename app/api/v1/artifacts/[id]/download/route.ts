import { artifactsDownload } from "@/lib/services/artifacts/download";
import { download } from "@/lib/web/download";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(artifactsDownload, { respond: download });
export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
