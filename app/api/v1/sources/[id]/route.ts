import { sourcesDelete } from "@/lib/services/sources/delete";
import { sourcesGet } from "@/lib/services/sources/get";
import { sourcesUpdate } from "@/lib/services/sources/update";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(sourcesGet);
export const PATCH = route(sourcesUpdate);
export const DELETE = route(sourcesDelete);
export const { POST, PUT } = otherMethods("GET, PATCH, DELETE");
