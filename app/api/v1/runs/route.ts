import { runsList } from "@/lib/services/runs/list";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(runsList);
export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
