import { usersInvite } from "@/lib/services/users/invite";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const POST = route(usersInvite, { withOrigin: true });
export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
