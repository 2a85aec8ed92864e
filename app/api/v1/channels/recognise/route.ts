import { channelsRecognise } from "@/lib/services/channels/recognise";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const POST = route(channelsRecognise);
export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
