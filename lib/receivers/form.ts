import { defineReceiver } from "./contract";
import { textReply } from "./kit/answers";
import { readAppriseMessage } from "./kit/apprise-message";
import { readFields } from "./kit/fields";

/** Apprise's own form (`form://host/…`): title, message and type, also as a multipart form. */
export const formReceiver = defineReceiver({
  id: "form",
  name: "Form",
  read: (request) => readAppriseMessage(request, readFields, textReply("OK")),
});
