import { settingsEmailTest } from "@/lib/services/settings/email-test";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const POST = route(settingsEmailTest);
export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
