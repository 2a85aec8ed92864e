import { channelsTest } from "@/lib/services/channels/test";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const POST = route(channelsTest);
export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
