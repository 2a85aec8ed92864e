import { runsGet } from "@/lib/services/runs/get";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(runsGet);
export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
