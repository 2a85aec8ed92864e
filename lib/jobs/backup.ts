import { lastArtifactBytes } from "@/db/queries/artifacts";
import { endpointsById } from "@/db/queries/endpoints";
import type { JobWithParts, ManagedJob } from "@/db/queries/jobs";
import type { ArtifactRow } from "@/db/stores/artifacts";
import { recordArtifacts } from "@/db/stores/artifacts";
import type { RunRow } from "@/db/stores/runs";
import { formatBytes, pluralize } from "@/lib/core/format-units";
import { newId } from "@/lib/core/id";
import type { Compression } from "@/lib/core/job";
import type { JobIo } from "./contract";
import { type Endpoint, type OpenSource, openEndpoint, openSource } from "./endpoints";
import { cutError, type Outcome } from "./outcome";
import { RunError, startError, toRunError } from "./run-error";
import { retain } from "./steps/retention";
import { type Refusal, store } from "./steps/store";
import { verify, type Written } from "./steps/verify";
import { compressed, dumpStream, measured } from "./streams";

const ENDINGS: Record<Compression, string> = { none: "", gzip: ".gz", zstd: ".zst" };

/** Makes the io of a run once its secrets are known, so that none of them reaches a log. */
export type IoFor = (secrets: string[]) => JobIo;

/**
 * One attempt of a job: preflight, dump, compress, store everywhere, read back, and only then remove old backups.
 * @throws RunError when there is no backup
 */
export async function backUp(run: RunRow, whole: JobWithParts<ManagedJob>, ioFor: IoFor): Promise<Outcome> {
  const { job } = whole;
  const source = await openSource(job.sourceId);
  const { places, refused } = await openEndpoints(whole.destinationIds);
  const io = ioFor([...source.secrets, ...places.flatMap((place) => place.secrets)]);
  for (const { place, trouble } of refused) io.log(`${place.name}: ${trouble.message}`);
  io.log(`Backing up ${source.row.name} to ${places.map((place) => place.name).join(", ") || "nowhere"}`);

  const ready = await preflight(source, places, whole, refused, io);
  const path = pathFor(job.slug, source.kind.extension, job.compression);
  for (const place of ready) await removeLeftovers(place, job.slug, io);

  const warnings: string[] = [];
  const dump = await source.kind.dump(
    source.config,
    io,
    ready.flatMap((place) => place.kind.localRoot(place.config) ?? []),
  );
  // Whoever stops reading before the end has its own reason; the tool's own end is then of no interest.
  dump.ended.catch(() => undefined);
  let written: Written;
  let kept: Endpoint[];
  try {
    const raw = measured(dumpStream(dump.stream, dump.ended, (end) => warnings.push(...end.warnings)));
    const stored = measured(compressed(job.compression, raw.stream, io));
    const taken = await store(stored.stream, ready, path, io.signal, () => {
      if (raw.measure.bytes >= source.kind.minBytes) return;
      throw new RunError(`The dump has only ${pluralize(raw.measure.bytes, "byte")}: that is no backup.`);
    });
    refused.push(...taken.refused);
    kept = taken.kept;
    written = { path, compression: job.compression, raw: sealed(raw.measure), stored: sealed(stored.measure) };
  } finally {
    dump.stream.destroy();
  }
  io.log(
    `Stored ${formatBytes(written.stored.bytes)} (${formatBytes(written.raw.bytes)} before compression) as ${path}`,
  );

  const { good, bad, files } = await verify(written, kept, source.kind, io);
  refused.push(...bad);
  io.log(`Read back and verified at ${good.map((place) => place.name).join(", ")}`);

  const rows: ArtifactRow[] = good.map((place) => ({
    id: newId("art"),
    runId: run.id,
    jobId: job.id,
    jobName: job.name,
    destinationId: place.id,
    destinationName: place.name,
    sourceKind: source.kind.id,
    compression: job.compression,
    path,
    bytes: written.stored.bytes,
    sha256: written.stored.sha256,
    createdAt: Date.now(),
  }));
  await recordArtifacts(rows);
  warnings.push(...(await retain(job.id, good, job.keepLast, io.log)));

  const problems = [
    ...refused.map(({ place, trouble }) => `${place.name} did not take the backup: ${trouble.message}`),
    ...warnings,
  ];
  for (const problem of problems) io.log(problem);
  return {
    status: problems.length ? "warning" : "success",
    bytes: written.stored.bytes,
    files,
    error: problems.length ? cutError(problems.join("\n")) : null,
    advice: refused.find(({ trouble }) => trouble.advice)?.trouble.advice ?? null,
    kind: null,
  };
}

async function openEndpoints(ids: string[]): Promise<{ places: Endpoint[]; refused: Refusal[] }> {
  const rows = await endpointsById("destinations", ids);
  const places: Endpoint[] = [];
  const refused: Refusal[] = [];
  for (const id of ids) {
    const row = rows.get(id);
    if (!row) continue;
    try {
      places.push(openEndpoint(row));
    } catch (error) {
      refused.push({ place: { id, name: row.name }, trouble: toRunError(error) });
    }
  }
  if (places.length === 0)
    throw refused[0]?.trouble ?? startError("The job has no destination.", "Choose one for the job.");
  return { places, refused };
}

/** Everything that can be known before a byte is written. @returns the places that are ready */
async function preflight(
  source: OpenSource,
  places: Endpoint[],
  { job }: JobWithParts,
  refused: Refusal[],
  io: JobIo,
): Promise<Endpoint[]> {
  const { estimatedBytes } = await source.kind.preflight(source.config, io);
  if (job.compression === "zstd") await io.tools.run("zstd", ["--version"]);
  const last = await lastArtifactBytes(job.id);
  // The last one and a tenth more; without one, the dump as it is, where nothing makes it smaller.
  const needed = last !== null ? Math.ceil(last * 1.1) : job.compression === "none" ? estimatedBytes : null;
  const ready: Endpoint[] = [];
  for (const place of places) {
    try {
      await place.kind.preflight(place.config, needed);
      ready.push(place);
    } catch (error) {
      const trouble = toRunError(error);
      refused.push({ place, trouble });
      io.log(`${place.name}: ${trouble.message}`);
    }
  }
  if (ready.length === 0 && refused[0]) {
    const { message, advice } = refused[0].trouble;
    throw startError(refused.length > 1 ? `No destination can be written to. ${message}` : message, advice);
  }
  return ready;
}

/** What a killed run left half written. One run of a job goes at a time, so nobody writes them now. */
async function removeLeftovers(place: Endpoint, slug: string, io: JobIo): Promise<void> {
  for (const file of await place.kind.list(place.config, slug).catch(() => [])) {
    if (!file.path.endsWith(".part")) continue;
    await place.kind.remove(place.config, file.path).catch(() => undefined);
    io.log(`Removed ${file.path}, left half written by an earlier run, from ${place.name}`);
  }
}

/** `shop/shop-20261121T031500Z-k3x9.dump.gz`: sorts by time, and two at once never meet. */
export function pathFor(slug: string, extension: string, compression: Compression, now = Date.now()): string {
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
  return `${slug}/${slug}-${stamp}-${newId("x").slice(-4)}.${extension}${ENDINGS[compression]}`;
}

function sealed(measure: { bytes: number; sha256(): string }): { bytes: number; sha256: string } {
  return { bytes: measure.bytes, sha256: measure.sha256() };
}
