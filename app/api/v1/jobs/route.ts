import { jobsCreate } from "@/lib/services/jobs/create";
import { jobsList } from "@/lib/services/jobs/list";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(jobsList);
export const POST = route(jobsCreate, { status: 201 });
export const { PUT, PATCH, DELETE } = otherMethods("GET, POST");
