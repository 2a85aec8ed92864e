import { usersDisable } from "@/lib/services/users/enable";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const POST = route(usersDisable);
export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
