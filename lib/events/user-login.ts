import { z } from "zod";
import { userData } from "./data";
import { defineEvent } from "./define-event";
import { fieldList } from "./field-list";
import { SAMPLE_USER } from "./sample-user";

export const userLogin = defineEvent({
  type: "user.login",
  name: "User Login",
  category: "Authentication",
  description: "A user signed in",
  tone: "info",
  severity: "info",
  data: z.object({ user: userData.optional(), address: z.string().optional(), userAgent: z.string().optional() }),
  audience: "system",
  repeat: "every",
  canNotifyUser: true,
  text: ({ subject, data }) => ({
    title: `User Login: ${subject.name}`,
    message: `${subject.name} signed in${data.address ? ` from ${data.address}` : ""}.`,
    fields: fieldList(
      ["User", subject.name],
      ["Mail", data.user?.email],
      ["Address", data.address],
      ["Browser", data.userAgent],
    ),
  }),
  textForUser: ({ data }) => ({
    title: "You signed in",
    message: `You signed in${data.address ? ` from ${data.address}` : ""}. If that was not you, change your password and inform your administrator.`,
    fields: fieldList(["Address", data.address], ["Browser", data.userAgent]),
  }),
  sample: () => ({
    subject: { kind: "user", id: SAMPLE_USER.id, name: SAMPLE_USER.name },
    data: { user: SAMPLE_USER, address: "192.0.2.10", userAgent: "Firefox on Linux" },
  }),
});
