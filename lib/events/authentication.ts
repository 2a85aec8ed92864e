import { INVITATION_MARK } from "@/lib/core/invitation-mark";
import type { CatalogEntry } from "./catalog";
import { fieldList } from "./field-list";
import { keyOf } from "./key";

const sampleUser = { id: "usr_sample", name: "Ana Example", email: "ana@example.org" };

export const authentication: CatalogEntry[] = [
  {
    type: "user.login",
    name: "User Login",
    category: "Authentication",
    description: "A user signed in",
    tone: "info",
    severity: "info",
    default: "off",
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
      message: `You signed in${data.address ? ` from ${data.address}` : ""}. If that was not you, change your password and tell your administrator.`,
      fields: fieldList(["Address", data.address], ["Browser", data.userAgent]),
    }),
    sample: () => ({
      subject: { kind: "user", id: sampleUser.id, name: sampleUser.name },
      data: { user: sampleUser, address: "192.0.2.10", userAgent: "Firefox on Linux" },
    }),
  },
  {
    type: "user.created",
    name: "User Created",
    category: "Authentication",
    description: "An account was created",
    tone: "success",
    severity: "info",
    default: "off",
    repeat: "every",
    canNotifyUser: true,
    text: ({ subject, data }) => ({
      title: `User Created: ${subject.name}`,
      message: `${data.actorName ?? "Belfry"} created an account for ${subject.name}.`,
      fields: fieldList(
        ["User", subject.name],
        ["Mail", data.user?.email],
        ["Role", textOf(data.role)],
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
      subject: { kind: "user", id: sampleUser.id, name: sampleUser.name },
      data: { user: sampleUser, role: "operator", actorName: "Ben Example" },
    }),
  },
  {
    type: "user.locked",
    name: "Sign-in Blocked",
    category: "Authentication",
    description: "Too many wrong passwords",
    tone: "warning",
    severity: "warning",
    default: "on",
    repeat: "first",
    dedupKey: ({ subject, data }) => keyOf("user.locked", `${subject.id}@${data.address ?? "unknown"}`),
    text: ({ subject, data }) => ({
      title: `Sign-in Blocked: ${subject.name}`,
      message: `Signing in as ${subject.name}${data.address ? ` from ${data.address}` : ""} is blocked after repeated wrong passwords.`,
      fields: fieldList(
        ["Account", subject.name],
        ["Address", data.address],
        ["Wrong passwords", textOf(data.failures)],
      ),
    }),
    sample: (now) => ({
      subject: { kind: "user", id: sampleUser.id, name: sampleUser.email },
      data: { user: sampleUser, address: "192.0.2.66", failures: 5, lockedUntil: now + 60_000 },
    }),
  },
];

function textOf(value: unknown): string | null {
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}
