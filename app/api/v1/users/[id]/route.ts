import { usersDelete } from "@/lib/services/users/delete";
import { usersGet } from "@/lib/services/users/get";
import { usersUpdate } from "@/lib/services/users/update";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(usersGet);
export const PATCH = route(usersUpdate);
export const DELETE = route(usersDelete);
export const { POST, PUT } = otherMethods("GET, PATCH, DELETE");
