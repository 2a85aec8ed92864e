import { runsCancel } from "@/lib/services/runs/cancel";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const POST = route(runsCancel);
export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
