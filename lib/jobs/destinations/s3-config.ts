import { z } from "zod";
import { field } from "../contract";

const isPlain = (text: string) => [...text].every((letter) => letter >= " ");
const text = (max: number) =>
  z.string().trim().min(1, "Fill this in.").max(max).refine(isPlain, "No line breaks or control characters.");

const MIB_OF_SMALLEST_PART = 5;

export const s3Config = z.object({
  endpoint: field(
    z.union([z.literal(""), z.url({ protocol: /^https?$/, error: "Enter an http or https address." })]).optional(),
    {
      label: "Endpoint",
      placeholder: "https://s3.example",
      help: "The address of the service. Empty: Amazon S3.",
    },
  ),
  region: field(text(100), {
    label: "Region",
    placeholder: "eu-central-1",
    help: "As the service names it; us-east-1 where it has none.",
  }),
  bucket: field(
    text(255).refine(
      (name) => !name.includes("/"),
      "Enter only the name of the bucket; folders belong into the prefix.",
    ),
    { label: "Bucket", placeholder: "backups", help: "It must exist: Belfry never makes one." },
  ),
  prefix: field(
    z
      .string()
      .trim()
      .max(512)
      .refine(isPlain, "No line breaks or control characters.")
      .refine((prefix) => !prefix.split("/").includes(".."), "Enter the prefix without “..” in it.")
      .optional(),
    { label: "Prefix", placeholder: "belfry", help: "What all names begin with, as a folder." },
  ),
  accessKeyId: field(text(200), { label: "Access key ID", placeholder: "AKIA…" }),
  secretAccessKey: field(text(500), {
    label: "Secret access key",
    secret: true,
    sentTo: ["endpoint"],
    widget: "password",
  }),
  quotaGiB: field(z.coerce.number<number>().positive().max(10_000_000).optional(), {
    label: "Quota (GiB)",
    help: "S3 does not say how much space is left. With a quota, what is stored below the prefix is held against it.",
    widget: "number",
  }),
  pathStyle: field(z.boolean().default(true), {
    label: "Bucket in the path",
    help: "On: https://host/bucket, as MinIO, Ceph and Garage want it and Amazon takes it. Off: https://bucket.host",
    widget: "switch",
    advanced: true,
  }),
  checksums: field(z.boolean().default(true), {
    label: "Checksums in requests",
    help: "Off for services that refuse them. What was stored is read back and compared in any case.",
    widget: "switch",
    advanced: true,
  }),
  partSizeMiB: field(z.coerce.number<number>().int().min(MIB_OF_SMALLEST_PART).max(512).default(16), {
    label: "Part size (MiB)",
    help: "A backup has at most 10,000 parts: 16 MiB are enough for 156 GiB. Belfry holds up to three parts in memory.",
    widget: "number",
    advanced: true,
  }),
});

export type S3Config = z.output<typeof s3Config>;

/** The name of an object, of a path below the destination's root. */
export function objectKey({ prefix }: Pick<S3Config, "prefix">, path: string): string {
  return [...partsOf(prefix ?? ""), ...partsOf(path)].join("/");
}

/** What all objects of the destination begin with; empty, or with a slash at its end. */
export function rootKey({ prefix }: Pick<S3Config, "prefix">): string {
  const parts = partsOf(prefix ?? "");
  return parts.length > 0 ? `${parts.join("/")}/` : "";
}

function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

/** `backups/belfry on s3.example`, as sentences name the place. */
export function placeName(config: Pick<S3Config, "bucket" | "prefix" | "endpoint">): string {
  const place = [config.bucket, ...partsOf(config.prefix ?? "")].join("/");
  return `${place} on ${serviceName(config)}`;
}

/** `s3.example:9000`; without an endpoint Amazon's. */
export function serviceName({ endpoint }: Pick<S3Config, "endpoint">): string {
  return endpoint ? new URL(endpoint).host : "Amazon S3";
}
