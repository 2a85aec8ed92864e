import { artifactsList } from "@/lib/services/artifacts/list";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(artifactsList);
export const { POST, PUT, PATCH, DELETE } = otherMethods("GET");
