import { defineReceiver } from "./contract";
import { textReply } from "./kit/answers";
import { readAppriseMessage } from "./kit/apprise-message";
import { readFields } from "./kit/fields";

/** The Apprise API (`apprise://host/…`): JSON from Apprise 1.2, a form from newer ones. @see https://github.com/caronc/apprise-api */
export const appriseReceiver = defineReceiver({
  id: "apprise",
  name: "Apprise API",
  read: (request) => readAppriseMessage(request, readFields, textReply("Notification(s) sent.")),
});
