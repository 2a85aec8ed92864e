import { providersList } from "@/lib/services/providers/list";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(providersList);
export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
