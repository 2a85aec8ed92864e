import { settingsEmailGet } from "@/lib/services/settings/email-get";
import { settingsEmailUpdate } from "@/lib/services/settings/email-update";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(settingsEmailGet);
export const PATCH = route(settingsEmailUpdate);
export const { POST, PUT, DELETE } = otherMethods("GET, PATCH");
