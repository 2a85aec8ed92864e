import { channelsDelete } from "@/lib/services/channels/delete";
import { channelsGet } from "@/lib/services/channels/get";
import { channelsUpdate } from "@/lib/services/channels/update";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(channelsGet);
export const PATCH = route(channelsUpdate);
export const DELETE = route(channelsDelete);
export const { POST, PUT } = otherMethods("GET, PATCH, DELETE");
