import { channelsCreate } from "@/lib/services/channels/create";
import { channelsList } from "@/lib/services/channels/list";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const GET = route(channelsList);
export const POST = route(channelsCreate, { status: 201 });
export const { PUT, PATCH, DELETE } = otherMethods("GET, POST");
