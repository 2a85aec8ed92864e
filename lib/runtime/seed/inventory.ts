import type { Compression, Condition } from "@/lib/core/job";
import type { Role } from "@/lib/core/role";

/** The content of the demo. Every address ends in .example, which never resolves. */

export interface DemoPerson {
  name: string;
  email: string;
  role: Role;
  /** The address from which they sign in. */
  address: string;
}

export const PEOPLE: DemoPerson[] = [
  { name: "Ana Keller", email: "ana@belfry.example", role: "admin", address: "192.0.2.14" },
  { name: "Ben Osei", email: "ben@belfry.example", role: "operator", address: "192.0.2.27" },
  { name: "Mira Novak", email: "mira@belfry.example", role: "viewer", address: "198.51.100.8" },
];

export const ZONE = "Europe/Berlin";

export const CHANNELS: { name: string; provider: string; config: Record<string, unknown> }[] = [
  {
    name: "Ops Discord",
    provider: "discord",
    config: { webhookUrl: "https://discord.example/api/webhooks/112233445566778899/demoTokenOfTheOperationsChannel" },
  },
  {
    name: "Team Discord",
    provider: "discord",
    config: {
      webhookUrl: "https://discord.example/api/webhooks/998877665544332211/demoTokenOfTheTeamChannel",
      silent: true,
    },
  },
  {
    name: "Ops mail",
    provider: "email",
    config: {
      host: "smtp.belfry.example",
      port: 587,
      security: "starttls",
      user: "belfry",
      password: "demo-password-of-nobody",
      from: "Belfry <backups@belfry.example>",
      to: ["ops@belfry.example", "night-shift@belfry.example"],
    },
  },
  {
    name: "On-call webhook",
    provider: "webhook",
    config: {
      url: "https://oncall.example/hooks/backups",
      signingSecret: "whsec_ZGVtby1zaWduaW5nLXNlY3JldC1vZi1ub2JvZHk=",
    },
  },
];

/** Sources whose `path` is a name are in the demo folder and can be backed up for real. */
export const SOURCES: { name: string; kind: string; config: Record<string, unknown> }[] = [
  { name: "shop database", kind: "sqlite", config: { path: "shop.db" } },
  { name: "orders database", kind: "sqlite", config: { path: "orders.db" } },
  { name: "wiki database", kind: "sqlite", config: { path: "wiki.db" } },
  { name: "ledger database", kind: "sqlite", config: { path: "ledger.db" } },
  { name: "documents", kind: "directory", config: { path: "documents", exclude: ["*.tmp", ".cache"] } },
  { name: "photos", kind: "directory", config: { path: "photos" } },
  { name: "mail folders", kind: "directory", config: { path: "mail" } },
  { name: "website", kind: "directory", config: { path: "website" } },
  {
    name: "CRM staging",
    kind: "postgres",
    config: {
      host: "db.staging.example",
      port: 5432,
      user: "backup",
      password: "demo-password-of-nobody",
      database: "crm",
    },
  },
];

export const DESTINATIONS = ["backup disk", "offsite disk"] as const;
export type DestinationName = (typeof DESTINATIONS)[number];

export interface DemoJob {
  name: string;
  source: string;
  destinations: DestinationName[];
  /** In `ZONE`; null: manual only. The slots of different jobs are far apart, so that no run of the demo overlaps another. */
  cron: string | null;
  compression: Compression;
  keepLast: number;
  retries: number;
  /** How long a run takes, seconds. */
  takesSeconds: [low: number, high: number];
  /** Stored size thirty days ago, and what each day adds. */
  bytes: number;
  growsBy: number;
  files: number;
  /** Days between restore tests. */
  restoreTestDays?: number;
  rules: { channel: string; condition: Condition; repeat?: "first"; includeLog?: boolean; title?: string }[];
}

const GB = 1e9;
const MB = 1e6;

export const JOBS: DemoJob[] = [
  {
    name: "shop-production",
    source: "shop database",
    destinations: ["backup disk", "offsite disk"],
    cron: "30 2 * * *",
    compression: "zstd",
    keepLast: 14,
    retries: 2,
    takesSeconds: [220, 340],
    bytes: 8.1 * GB,
    growsBy: 21 * MB,
    files: 1,
    rules: [
      { channel: "Ops Discord", condition: "always" },
      { channel: "Ops mail", condition: "failure", includeLog: true },
      { channel: "On-call webhook", condition: "failure" },
    ],
  },
  {
    name: "orders",
    source: "orders database",
    destinations: ["backup disk"],
    cron: "0 */6 * * *",
    compression: "gzip",
    keepLast: 28,
    retries: 0,
    takesSeconds: [8, 21],
    bytes: 310 * MB,
    growsBy: 2.2 * MB,
    files: 1,
    rules: [
      { channel: "Ops Discord", condition: "failure" },
      { channel: "On-call webhook", condition: "failure" },
    ],
  },
  {
    name: "wiki",
    source: "wiki database",
    destinations: ["backup disk"],
    cron: "15 1 * * *",
    compression: "gzip",
    keepLast: 7,
    retries: 0,
    takesSeconds: [12, 25],
    bytes: 96 * MB,
    growsBy: 0.3 * MB,
    files: 1,
    restoreTestDays: 7,
    rules: [{ channel: "Team Discord", condition: "failure" }],
  },
  {
    name: "documents",
    source: "documents",
    destinations: ["backup disk", "offsite disk"],
    cron: "10 3 * * *",
    compression: "zstd",
    keepLast: 10,
    retries: 0,
    takesSeconds: [480, 720],
    bytes: 42 * GB,
    growsBy: 130 * MB,
    files: 81_240,
    rules: [{ channel: "Ops mail", condition: "failure" }],
  },
  {
    name: "crm-staging",
    source: "CRM staging",
    destinations: ["backup disk"],
    cron: "0 5 * * *",
    compression: "gzip",
    keepLast: 5,
    retries: 2,
    takesSeconds: [70, 130],
    bytes: 1.4 * GB,
    growsBy: 9 * MB,
    files: 1,
    rules: [{ channel: "Team Discord", condition: "failure", repeat: "first" }],
  },
  {
    name: "photos",
    source: "photos",
    destinations: ["offsite disk"],
    cron: "0 7 * * 0",
    compression: "none",
    keepLast: 4,
    retries: 0,
    takesSeconds: [5_400, 6_600],
    bytes: 318 * GB,
    growsBy: 240 * MB,
    files: 64_880,
    rules: [{ channel: "Ops mail", condition: "always", title: "Photos, {{run.bytesText}} in {{run.durationText}}" }],
  },
  {
    name: "ledger",
    source: "ledger database",
    destinations: ["backup disk", "offsite disk"],
    cron: "0 19 * * 1-5",
    compression: "gzip",
    keepLast: 60,
    retries: 0,
    takesSeconds: [20, 45],
    bytes: 54 * MB,
    growsBy: 0.2 * MB,
    files: 1,
    rules: [
      { channel: "Ops mail", condition: "always" },
      { channel: "On-call webhook", condition: "failure" },
    ],
  },
  {
    name: "mail-archive",
    source: "mail folders",
    destinations: ["backup disk"],
    cron: "30 22 * * *",
    compression: "zstd",
    keepLast: 7,
    retries: 0,
    takesSeconds: [1_500, 2_100],
    bytes: 73 * GB,
    growsBy: 85 * MB,
    files: 402_310,
    rules: [
      { channel: "Ops Discord", condition: "failure" },
      { channel: "Ops mail", condition: "failure" },
    ],
  },
  {
    name: "website",
    source: "website",
    destinations: ["backup disk"],
    cron: null,
    compression: "gzip",
    keepLast: 5,
    retries: 0,
    takesSeconds: [15, 30],
    bytes: 420 * MB,
    growsBy: 1 * MB,
    files: 3_912,
    rules: [{ channel: "Team Discord", condition: "always" }],
  },
];
