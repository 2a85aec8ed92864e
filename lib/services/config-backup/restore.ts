import { z } from "zod";
import { findArtifact } from "@/db/queries/artifacts";
import { AppError } from "@/lib/core/errors";
import { CONFIG_KIND } from "@/lib/jobs/config/backup";
import { importConfiguration } from "@/lib/jobs/config/content";
import { decrypt } from "@/lib/jobs/config/format";
import { openEndpointById } from "@/lib/jobs/endpoints";
import { openStoredFile } from "@/lib/jobs/probe";
import { toRunError } from "@/lib/jobs/run-error";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";

/** Of the file; the HTTP server accepts this much on this path. */
export const MAX_CONFIGURATION_BYTES = 50_000_000;

const file = z.union([
  z.instanceof(Uint8Array).refine((bytes) => bytes.length <= MAX_CONFIGURATION_BYTES, "The file is too large."),
  z
    .base64("Send the file in base64.")
    .max(Math.ceil(MAX_CONFIGURATION_BYTES / 3) * 4, "The file is too large.")
    .transform((text): Uint8Array => Buffer.from(text, "base64")),
]);

/**
 * Replaces the current configuration with a backed-up one, all or nothing. Every user has to sign in again.
 * Takes the file itself, or the id of a backup that Belfry stored.
 */
export const configBackupRestore = defineVerb({
  name: "configBackup.restore",
  permission: "admin",
  changes: true,
  input: z
    .object({
      file: file.optional(),
      artifactId: idField.optional(),
      passphrase: z.string().min(1, "Enter the passphrase.").max(500),
    })
    .refine((input) => (input.file === undefined) !== (input.artifactId === undefined), {
      path: ["file"],
      error: "Choose a file.",
    }),
  async run({ now, audit }, { file: bytes, artifactId, passphrase }) {
    const stored = bytes ?? (await storedFile(artifactId ?? ""));
    const content = await decrypt(Buffer.from(stored), passphrase);
    return await importConfiguration(content, now, audit("configuration", artifactId ?? null, "Belfry configuration"));
  },
});

async function storedFile(artifactId: string): Promise<Uint8Array> {
  const artifact = await findArtifact(artifactId);
  if (!artifact || artifact.sourceKind !== CONFIG_KIND)
    throw new AppError("not_found", "There is no such configuration backup.");
  try {
    const stream = await openStoredFile(await openEndpointById(artifact.destinationId), artifact.path);
    const chunks: Buffer[] = [];
    for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
    return Buffer.concat(chunks);
  } catch (error) {
    throw new AppError("unavailable", toRunError(error).message, { cause: error });
  }
}
