import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { recordArtifacts } from "@/db/stores/artifacts";
import type { RunRow } from "@/db/stores/runs";
import { formatBytes } from "@/lib/core/format-units";
import { newId } from "@/lib/core/id";
import type { IoFor } from "../backup";
import { pathFor } from "../backup";
import { openEndpointById } from "../endpoints";
import { cutError, type Outcome } from "../outcome";
import { RunError, startError } from "../run-error";
import { retain } from "../steps/retention";
import { store } from "../steps/store";
import { exportConfiguration } from "./content";
import { decrypt, encrypt } from "./format";
import { configBackupSettings } from "./settings";

/** The kind that artifacts of Belfry's own configuration have. */
export const CONFIG_KIND = "config";
export const CONFIG_NAME = "Belfry configuration";

/** Belfry's own configuration, encrypted with the passphrase, to the destination of the settings. */
export async function backUpConfiguration(run: RunRow, ioFor: IoFor): Promise<Outcome> {
  const settings = await configBackupSettings();
  const destinationId = run.params.destinationId ?? settings.destinationId;
  if (!destinationId)
    throw startError("No destination is set for the configuration backup.", "Choose one in its settings.");
  if (!settings.passphrase)
    throw startError("No passphrase is set for the configuration backup.", "Enter one in its settings.");
  const place = await openEndpointById(destinationId);
  const io = ioFor([settings.passphrase, ...place.secrets]);
  io.log(`Backing up Belfry's configuration to ${place.name}`);
  await place.kind.preflight(place.config, null);

  const file = await encrypt(await exportConfiguration(Date.now()), settings.passphrase);
  const path = pathFor("belfry-configuration", "belfry", "none");
  const taken = await store(Readable.from([file], { objectMode: false }), [place], path, io.signal, () => undefined);
  if (taken.kept.length === 0) throw taken.refused[0]?.trouble ?? new RunError("The destination did not take it.");

  const chunks: Buffer[] = [];
  for await (const chunk of (await place.kind.read(place.config, path)) as AsyncIterable<Buffer>) chunks.push(chunk);
  const back = Buffer.concat(chunks);
  if (!back.equals(file)) {
    await place.kind.remove(place.config, path);
    throw new RunError("What was read back is not what was written.", { advice: "Check the disk of the destination." });
  }
  await decrypt(back, settings.passphrase);
  await recordArtifacts([
    {
      id: newId("art"),
      runId: run.id,
      jobId: null,
      jobName: CONFIG_NAME,
      destinationId: place.id,
      destinationName: place.name,
      sourceKind: CONFIG_KIND,
      compression: "none",
      path,
      bytes: file.byteLength,
      sha256: createHash("sha256").update(file).digest("hex"),
      createdAt: Date.now(),
    },
  ]);
  io.log(`Stored ${formatBytes(file.byteLength)} as ${path}, read back and opened`);
  const warnings = await retain(null, [place], settings.keepLast, io.log);
  return {
    status: warnings.length ? "warning" : "success",
    bytes: file.byteLength,
    files: 1,
    error: warnings.length ? cutError(warnings.join("\n")) : null,
    advice: null,
    kind: null,
  };
}
