import { overviewRead } from "@/lib/services/overview/read";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(overviewRead);
export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
