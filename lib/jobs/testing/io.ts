import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { redactor } from "@/lib/secrets/redact";
import type { Dump, JobIo } from "../contract";
import { dumpChunks } from "../streams";
import { installAdvice } from "../tool-packages";
import { toolsFor } from "../tools";

export interface TestIo extends JobIo {
  lines: string[];
  abort(reason: unknown): void;
  /** A new folder below the temporary one. */
  folder: string;
  remove(): void;
}

/** What a run gives its sources, with real tools, in a temporary folder. */
export function testIo(secrets: string[] = []): TestIo {
  const folder = mkdtempSync(join(tmpdir(), "belfry-jobs-"));
  const controller = new AbortController();
  const redact = redactor(secrets);
  const lines: string[] = [];
  return {
    signal: controller.signal,
    tools: toolsFor({ signal: controller.signal, redact, adviceFor: installAdvice }),
    log: (line) => lines.push(redact(line)),
    workDir: folder,
    lines,
    folder,
    abort: (reason) => controller.abort(reason),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A whole dump in memory, judged as a run judges it. */
export async function bytesOf(dump: Dump): Promise<{ bytes: Buffer; warnings: string[] }> {
  const chunks: Buffer[] = [];
  const account = { bytes: 0, warnings: [] };
  for await (const chunk of dumpChunks(dump, account)) chunks.push(chunk);
  return { bytes: Buffer.concat(chunks), warnings: account.warnings };
}
