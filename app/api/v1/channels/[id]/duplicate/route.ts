import { channelsDuplicate } from "@/lib/services/channels/duplicate";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const POST = route(channelsDuplicate, { status: 201 });
export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
