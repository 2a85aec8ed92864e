import { sourcesCreate, sourcesList } from "@/lib/services/sources/verbs";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(sourcesList);
export const POST = route(sourcesCreate, { status: 201 });
export const { PUT, PATCH, DELETE } = otherMethods("GET, POST");
