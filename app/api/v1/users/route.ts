import { usersCreate } from "@/lib/services/users/create";
import { usersList } from "@/lib/services/users/list";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(usersList);
export const POST = route(usersCreate, { status: 201, withOrigin: true });
export const { PUT, PATCH, DELETE } = otherMethods("GET, POST");
