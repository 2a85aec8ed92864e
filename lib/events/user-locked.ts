import { z } from "zod";
import { userData } from "./data";
import { defineEvent } from "./define-event";
import { fieldList } from "./field-list";
import { keyOf } from "./key";
import { SAMPLE_USER } from "./sample-user";

export const userLocked = defineEvent({
  type: "user.locked",
  name: "Sign-in Blocked",
  category: "Authentication",
  description: "Too many wrong passwords",
  tone: "warning",
  severity: "warning",
  data: z.object({
    user: userData.optional(),
    /** The address or network that is blocked for every account. */
    address: z.string().optional(),
    /** The known device that is blocked; neither of the two: new devices. */
    device: z.string().optional(),
    /** Where the last wrong password came from. */
    lastAddress: z.string().optional(),
    failures: z.number().optional(),
    /** Milliseconds. */
    lockedUntil: z.number().optional(),
  }),
  audience: "system",
  startsEnabled: true,
  repeat: "first",
  problem: ({ subject, data }) =>
    keyOf("user.locked", `${subject.id}@${data.address ?? (data.device ? `device ${data.device}` : "unknown")}`),
  times: ({ data }) => (data.lockedUntil ? [{ label: "Blocked until", at: data.lockedUntil }] : []),
  text: ({ subject, data }) => ({
    title: `Sign-in Blocked: ${subject.name}`,
    message: `Signing in as ${subject.name} ${fromWhere(data)} is blocked after repeated wrong passwords.`,
    fields: fieldList(
      ["Account", subject.name],
      ["Address", data.address ?? data.lastAddress],
      ["Wrong passwords", data.failures === undefined ? null : String(data.failures)],
    ),
  }),
  sample: (now) => ({
    subject: { kind: "user", id: SAMPLE_USER.id, name: SAMPLE_USER.email },
    data: { user: SAMPLE_USER, address: "192.0.2.66", failures: 5, lockedUntil: now + 60_000 },
  }),
});

function fromWhere({ address, device }: { address?: string | undefined; device?: string | undefined }): string {
  if (address) return `from ${address}`;
  return device ? "from a known device" : "from new devices";
}
