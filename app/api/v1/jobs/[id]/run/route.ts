import { jobsRun } from "@/lib/services/jobs/run";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const POST = route(jobsRun, { status: 202 });
export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
