import { z } from "zod";
import { REASON_CODES } from "@/lib/core/delivery-reason";
import { ROLES } from "@/lib/core/role";
import { SEVERITIES } from "@/lib/core/severity";
import { TONES } from "@/lib/core/tone";
import type { RoutingPreview } from "@/lib/dispatch/preview/routing-preview";
import type { ApiKeyCreated } from "@/lib/services/api-keys/create";
import type { SettledKeysView } from "@/lib/services/api-keys/kept";
import { API_KEY_STATES, type ApiKeyView } from "@/lib/services/api-keys/view";
import type { TestSent } from "@/lib/services/channels/test-outcome";
import { channelViewSchema } from "@/lib/services/channels/view";
import type { EndpointTested } from "@/lib/services/endpoints/test-endpoint";
import type { EventTypeView } from "@/lib/services/events/types";
import type { NotifyAnswer } from "@/lib/services/notify/send";
import type { OwnAccountView } from "@/lib/services/profile/view";
import type { ProviderView } from "@/lib/services/providers/list";
import { messageOptionsView } from "@/lib/services/providers/message-options";
import { reportsView } from "@/lib/services/reports/view";
import { quietHoursView } from "@/lib/services/settings/quiet-hours-field";
import type { UserDetail } from "@/lib/services/users/get";
import type { UserView } from "@/lib/services/users/view";

/** Schemas for the verbs whose answers are TypeScript types; the compiler checks one against the other. */

export const testSent: z.ZodType<TestSent> = z.object({
  status: z.literal("sent"),
  latencyMs: z.number(),
  receipt: z.string().optional(),
});

export const endpointTested: z.ZodType<EndpointTested> = z.object({
  status: z.literal("ok"),
  message: z.string(),
  details: z.array(z.string()),
});

const userFields = {
  id: z.string(),
  name: z.string(),
  email: z.string().nullable().meta({ description: "Null where the caller may not see it" }),
  role: z.enum(ROLES),
  status: z.enum(["active", "invited", "disabled"]),
  timezone: z.string().nullable(),
  quietHours: quietHoursView.nullable(),
  clientIds: z
    .array(z.string())
    .nullable()
    .meta({ description: "The clients that the account is limited to; null: none, or the caller may not see them" }),
  isLocked: z.boolean(),
  lastLoginAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
};
export const user: z.ZodType<UserView> = z.object(userFields);
export const userDetail: z.ZodType<UserDetail> = z.object({
  ...userFields,
  invitationExpiresAt: z.iso.datetime().nullable().meta({
    description:
      "When the link that was sent expires; null when none is valid, or for callers who are no administrators",
  }),
});

export const profile: z.ZodType<OwnAccountView> = z.object({
  ...userFields,
  reports: reportsView.nullable().meta({ description: "Daily and weekly reports by mail; null: none" }),
  reportsProblem: z.string().nullable().meta({ description: "Why reports cannot be mailed at the moment" }),
});

const settledKey = z.object({ id: z.string(), name: z.string() });
const settledKeyFields: { [K in keyof SettledKeysView]: z.ZodType<SettledKeysView[K]> } = {
  revokedKeys: z.array(settledKey).meta({ description: "API keys of the account that this revoked" }),
  keptKeys: z.array(settledKey).meta({ description: "API keys that go with your account from now on" }),
};
export const userChanged = z.object({ ...userFields, ...settledKeyFields });
export const userDeleted = z.object({ id: z.string(), ...settledKeyFields });

const invitation = z.union([
  z.object({ status: z.literal("sent"), via: z.enum(["event", "system_mail"]) }),
  z.object({ status: z.literal("not_sent"), reason: z.string(), url: z.string() }),
]);
export const userCreatedAnswer = z.object({ ...userFields, invitation: invitation.nullable() });
export const invited = z.object({ invitation });

const apiKeyFields = {
  id: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  hint: z.string().meta({ description: "The last four characters" }),
  state: z.enum(API_KEY_STATES).meta({ description: "`expiring`: valid, for seven days at most" }),
  createdBy: z.string().nullable().meta({ description: "Name of the account, key or program that made it" }),
  owner: z
    .object({
      id: z.string(),
      name: z.string().nullable(),
      status: z.enum(["active", "invited", "disabled", "deleted"]),
    })
    .nullable()
    .meta({ description: "The account that it goes with; null when the command made or kept it" }),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
  expiresAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
};
export const apiKey: z.ZodType<ApiKeyView> = z.object(apiKeyFields);
export const apiKeyCreated: z.ZodType<ApiKeyCreated> = z.object({
  ...apiKeyFields,
  key: z.string().meta({ description: "Shown only once" }),
});

export const auditRow = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  actorKind: z.enum(["user", "api_key", "command", "system"]),
  actorId: z.string().nullable(),
  actorName: z.string(),
  address: z.string().nullable(),
  verb: z.string(),
  entity: z.string().nullable(),
  entityId: z.string().nullable(),
  entityName: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()).nullable(),
});

export const provider: z.ZodType<ProviderView> = z.object({
  id: z.string(),
  label: z.string(),
  tagline: z.string(),
  aliases: z.array(z.string()),
  docsUrl: z.string(),
  purpose: z.enum(["message", "monitor"]),
  canMailPeople: z.boolean(),
  closesAlerts: z.boolean(),
  wantsRun: z.boolean(),
  messageOptions: messageOptionsView,
  icon: z.object({ path: z.string().meta({ description: "SVG path data on a field of 24 × 24" }) }),
  notice: z
    .string()
    .nullable()
    .meta({ description: "A note about this server, to read before filling in the form; only with ?id=" }),
  secretFields: z.array(z.string()),
  presets: z.array(
    z.object({ id: z.string(), label: z.string(), values: z.record(z.string(), z.unknown()), help: z.string() }),
  ),
  schema: z.record(z.string(), z.unknown()).meta({ description: "JSON schema of the form" }),
});

export const eventTypeAnswer: z.ZodType<EventTypeView> = z.object({
  type: z.string(),
  name: z.string(),
  category: z.string(),
  description: z.string(),
  tone: z.enum(TONES),
  severity: z.enum(SEVERITIES),
  default: z.enum(["on", "off", "job"]),
});

export const notifyAnswer: z.ZodType<NotifyAnswer> = z.object({
  events: z.array(z.object({ id: z.string(), duplicate: z.boolean(), deliveries: z.int() })),
});

const routingEntry = z.object({
  when: z
    .enum(["now", "later", "reminder", "escalation", "recovery"])
    .meta({ description: "later: when the problem reaches the threshold of the rule, which the text names" }),
  afterHours: z.number().optional().meta({ description: "Reminder: hours after the first notification" }),
  afterMinutes: z.number().optional().meta({ description: "Escalation: minutes without acknowledgement" }),
  channelId: z.string(),
  channelName: z.string(),
  recipient: z.string().optional(),
  text: z.string().meta({ description: "Why this channel" }),
  outcome: z.enum(["notified", "held", "suppressed"]),
  reasonCode: z.enum(REASON_CODES).optional().meta({ description: "Why it is held or suppressed" }),
  reason: z.string().optional().meta({ description: "The same in a sentence" }),
  heldUntil: z.iso.datetime().optional(),
});
export const routingPreview: z.ZodType<RoutingPreview> = z.object({
  entries: z.array(routingEntry),
  notes: z.array(z.string()),
  /** A problem that nobody would be notified of. */
  reachesNobody: z.boolean(),
});

export const mailSettings = z.object({
  config: z.record(z.string(), z.unknown()).nullable(),
  mailAdmins: z
    .record(z.string(), z.boolean())
    .meta({ description: "By event type, complete: whether it is mailed to all administrators" }),
  health: channelViewSchema.shape.health.nullable().optional(),
  schema: z.record(z.string(), z.unknown()).optional(),
  presets: z.array(z.unknown()).optional(),
});
