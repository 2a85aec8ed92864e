// Packs the scripts and styles of the pages once, as densely as it goes: lib/server/packed-files.ts sends them.
import { readdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

const compress = promisify(brotliCompress);
/** Smaller ones fit into a packet anyway. */
const LEAST_BYTES = 1_000;

/** Writes `name.js.br` beside each script and style of a folder. */
export async function packStatic(folder) {
  const names = readdirSync(folder, { recursive: true }).map(String);
  await Promise.all(names.filter((name) => /\.(js|css)$/.test(name)).map((name) => pack(join(folder, name))));
}

async function pack(file) {
  const content = await readFile(file);
  if (content.length < LEAST_BYTES) return;
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  await writeFile(`${file}.br`, await compress(content, { params }));
}
