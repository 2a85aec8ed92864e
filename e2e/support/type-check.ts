import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Published } from "./published-types";

/** A body as it was sent, and the published type that it should have. */
export interface TypedBody {
  type: keyof Published;
  body: unknown;
}

/**
 * Compiles the bodies as literals of their types: members of another type, members missing and members unknown are errors.
 * @returns the compiler's lines; empty when all bodies have their types
 */
export async function typeErrorsIn(bodies: readonly TypedBody[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "belfry-types-"));
  const declared = JSON.stringify(join(process.cwd(), "e2e/support/published-types"));
  const lines = bodies.map(({ type, body }) => `const _: Published["${type}"] = ${JSON.stringify(body, null, 1)};`);
  const source = `import type { Published } from ${declared};\n${lines.map((line) => `{\n${line}\n}`).join("\n")}\n`;
  try {
    await writeFile(join(folder, "bodies.ts"), source);
    return await compile(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function compile(folder: string): Promise<string> {
  const compiler = join(process.cwd(), "node_modules/typescript/bin/tsc");
  const options = "--noEmit --strict --skipLibCheck --target es2022 --module esnext --moduleResolution bundler";
  return new Promise((resolve) => {
    execFile(process.execPath, [compiler, ...options.split(" "), "bodies.ts"], { cwd: folder }, (error, stdout) =>
      resolve(error && !stdout ? String(error) : stdout),
    );
  });
}
