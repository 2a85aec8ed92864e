import { jobsRoutingPreview } from "@/lib/services/jobs/routing-preview";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const POST = route(jobsRoutingPreview);
export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
