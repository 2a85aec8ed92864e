import { runsLog } from "@/lib/services/runs/log";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(runsLog);
export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
