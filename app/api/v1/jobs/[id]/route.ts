import { jobsDelete } from "@/lib/services/jobs/delete";
import { jobsGet } from "@/lib/services/jobs/get";
import { jobsUpdate } from "@/lib/services/jobs/update";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(jobsGet);
export const PATCH = route(jobsUpdate);
export const DELETE = route(jobsDelete);
export const { POST, PUT } = otherMethods("GET, PATCH, DELETE");
