import type { CatalogEntry } from "./catalog";

export const custom: CatalogEntry[] = [
  {
    type: "custom.notification",
    name: "Notification",
    category: "Custom",
    description: "Another program asked Belfry to tell something",
    tone: "info",
    severity: "info",
    default: "on",
    repeat: "every",
    dedupKey: ({ custom, apiKeyId }) => (custom?.dedupKey ? `custom:${apiKeyId ?? "none"}:${custom.dedupKey}` : null),
    text: ({ custom, data }) => ({
      title: custom?.title ?? "",
      message: custom?.message ?? "",
      fields: data.fields ?? [],
    }),
    sample: () => ({
      subject: { kind: "custom", id: "sample", name: "Nightly import" },
      data: {},
      custom: { title: "Nightly import finished", message: "12,400 rows in 3 min.", tone: "info", severity: "info" },
    }),
  },
];
