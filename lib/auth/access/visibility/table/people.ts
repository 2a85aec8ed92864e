import { entity, pageOfEntity, value, whole } from "../rule";
import { type Answers, admins, all, type Entity, own, shown, wholly } from "./shorthand";

/* Accounts, and what is about the caller. */

const user: Entity = {
  title: "Users",
  row: "viewer",
  fields: {
    ...shown("id", "name", "role", "status", "timezone", "createdAt"),
    email: value("admin", own),
    isLocked: value("admin", { ...own, hidden: false }),
    quietHours: whole("admin", own),
    clientIds: whole("admin", own),
    lastLoginAt: value("admin", own),
    invitationExpiresAt: admins,
    // Only in the answers about one's own account.
    reports: wholly,
    reportsProblem: all,
  },
};

export const peopleEntities = { user };

export const peopleAnswers: Answers = {
  "setup.status": whole("anyone"),
  // About the caller.
  "setup.create": whole("anyone"),
  "session.signIn": whole("anyone"),
  "invitations.get": whole("anyone"),
  "invitations.accept": whole("anyone"),
  "session.signOut": whole("anyone"),
  "profile.password": wholly,
  "profile.sessions": wholly,
  "profile.endSession": wholly,
  "profile.endOtherSessions": wholly,
  "profile.get": entity("user"),
  "profile.update": entity("user"),
  "profile.updateInbox": wholly,
  "users.list": pageOfEntity("user"),
  "users.get": entity("user"),
};
