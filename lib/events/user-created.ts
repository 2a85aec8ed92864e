import { z } from "zod";
import { INVITATION_MARK } from "@/lib/core/invitation-mark";
import { userData } from "./data";
import { defineEvent } from "./define-event";
import { fieldList } from "./field-list";
import { SAMPLE_USER } from "./sample-user";

export const userCreated = defineEvent({
  type: "user.created",
  name: "User Created",
  category: "Authentication",
  description: "An account was created",
  tone: "success",
  severity: "info",
  data: z.object({
    user: userData.optional(),
    role: z.string().optional(),
    actorName: z.string().optional(),
    /** The link of an invitation, sealed. */
    invitation: z.string().optional(),
  }),
  audience: "system",
  repeat: "every",
  canNotifyUser: true,
  text: ({ subject, data }) => ({
    title: `User Created: ${subject.name}`,
    message: `${data.actorName ?? "Belfry"} created an account for ${subject.name}.`,
    fields: fieldList(
      ["User", subject.name],
      ["Mail", data.user?.email],
      ["Role", data.role],
      ["Created by", data.actorName],
    ),
  }),
  textForUser: ({ data }) => ({
    title: data.invitation ? "You are invited to Belfry" : "Your account was created",
    message: data.invitation
      ? `Your account was created. Choose your password here within 7 days: ${INVITATION_MARK}`
      : "Your account was created. Your administrator has the password for your first sign-in.",
    fields: fieldList(["Sign in with", data.user?.email]),
  }),
  sample: () => ({
    subject: { kind: "user", id: SAMPLE_USER.id, name: SAMPLE_USER.name },
    data: { user: SAMPLE_USER, role: "operator", actorName: "Ben Example" },
  }),
});
