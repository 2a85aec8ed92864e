import { sourcesDelete, sourcesGet, sourcesUpdate } from "@/lib/services/sources/verbs";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(sourcesGet);
export const PATCH = route(sourcesUpdate);
export const DELETE = route(sourcesDelete);
export const { POST, PUT } = otherMethods("GET, PATCH, DELETE");
