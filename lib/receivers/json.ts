import { defineReceiver } from "./contract";
import { textReply } from "./kit/answers";
import { readAppriseMessage } from "./kit/apprise-message";
import { readFields } from "./kit/fields";

/** Apprise's own JSON (`json://host/…`): title, message and type. */
export const jsonReceiver = defineReceiver({
  id: "json",
  name: "JSON",
  read: (request) => readAppriseMessage(request, readFields, textReply("OK")),
});
