import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { installationId } from "@/db/queries/installation";
import { recordArtifacts } from "@/db/stores/artifacts";
import { newArtifact } from "@/db/stores/new-artifact";
import type { RunRow } from "@/db/stores/runs";
import { formatBytes } from "@/lib/core/format-units";
import { artifactPath } from "../artifact-path";
import { bindDestination } from "../bind-destination";
import type { IoFor } from "../contract";
import { openEndpointById } from "../endpoints";
import { RunError, startError } from "../run-error";
import { type RunResult, successResult } from "../run-result";
import { applyRetention } from "../steps/retention";
import { store } from "../steps/store";
import { exportConfiguration } from "./content";
import { decrypt, encrypt } from "./format";
import { configBackupSettings } from "./settings";

/** The source kind of artifacts that hold Belfry's own configuration. */
export const CONFIG_KIND = "config";
export const CONFIG_NAME = "Belfry configuration";

/** Stores Belfry's own configuration, encrypted with the passphrase, at the destination of the settings. */
export async function backUpConfiguration(run: RunRow, ioFor: IoFor): Promise<RunResult> {
  const settings = await configBackupSettings();
  const destinationId = run.params.destinationId ?? settings.destinationId;
  if (!destinationId)
    throw startError("No destination is set for the configuration backup.", "Choose one in its settings.");
  if (!settings.passphrase)
    throw startError("No passphrase is set for the configuration backup.", "Enter one in its settings.");
  const endpoint = await openEndpointById(destinationId);
  const io = ioFor([settings.passphrase, ...endpoint.secrets]);
  const destination = bindDestination(endpoint, io);
  io.log(`Backing up Belfry's configuration to ${destination.name}`);
  await destination.preflight(null);

  const file = await encrypt(await exportConfiguration(Date.now()), settings.passphrase);
  const path = artifactPath("belfry-configuration", "belfry", "none");
  await store(
    Readable.from([file], { objectMode: false }),
    [destination],
    path,
    { signal: io.signal },
    () => undefined,
  );

  const readBack = await readWhole(await destination.read(path));
  if (!readBack.equals(file)) {
    await destination.discard(path);
    throw new RunError("What was read back is not what was written.", { advice: "Check the disk of the destination." });
  }
  await decrypt(readBack, settings.passphrase);
  await recordArtifacts([
    newArtifact({
      runId: run.id,
      jobId: null,
      installationId: await installationId(),
      jobName: CONFIG_NAME,
      destinationId: destination.id,
      destinationName: destination.name,
      sourceKind: CONFIG_KIND,
      compression: "none",
      path,
      bytes: file.byteLength,
      sha256: createHash("sha256").update(file).digest("hex"),
      createdAt: Date.now(),
    }),
  ]);
  io.log(`Stored ${formatBytes(file.byteLength)} as ${path}, read back and decrypted`);
  return successResult(file.byteLength, 1, await applyRetention(null, [destination], settings.keepLast, io));
}

async function readWhole(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
