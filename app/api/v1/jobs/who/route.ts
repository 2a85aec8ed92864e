import { jobsWho } from "@/lib/services/jobs/who";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const POST = route(jobsWho);
export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
