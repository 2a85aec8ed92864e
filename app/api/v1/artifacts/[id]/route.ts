import { artifactsGet } from "@/lib/services/artifacts/get";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(artifactsGet);
export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
