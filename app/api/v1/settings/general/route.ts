import { settingsGeneralGet } from "@/lib/services/settings/general-get";
import { settingsGeneralUpdate } from "@/lib/services/settings/general-update";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(settingsGeneralGet);
export const PATCH = route(settingsGeneralUpdate);
export const { POST, PUT, DELETE } = otherMethods("GET, PATCH");
