import { channelsTestDraft } from "@/lib/services/channels/test-draft";
import { otherMethods } from "@/lib/web/other-methods";
import { route } from "@/lib/web/route";

export const POST = route(channelsTestDraft);
export const { GET, PUT, PATCH, DELETE } = otherMethods("POST");
