import { channelsPreview } from "@/lib/services/channels/preview";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const POST = route(channelsPreview);
export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
