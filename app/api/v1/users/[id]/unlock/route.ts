import { usersUnlock } from "@/lib/services/users/unlock";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const POST = route(usersUnlock);
export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
