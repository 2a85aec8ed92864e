import { artifactsRestore } from "@/lib/services/artifacts/restore";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const POST = route(artifactsRestore, { status: 202 });
export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
