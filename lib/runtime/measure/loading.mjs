// Loads a bundle as a start does, and says how long it took and which big packages came with it. A new process each time.
import "node:crypto";
import "node:http";
import Module from "node:module";
import { performance } from "node:perf_hooks";
import { pathToFileURL } from "node:url";
// The providerIo connections need it in any case.
import "ipaddr.js";
import { z } from "zod";

// What the rest of a start has made of it before, such as the reader of the environment, is not what the bundle adds.
z.object({
  port: z.coerce.number().int().min(1).max(65_535).default(3000),
  role: z.enum(["all", "web", "worker"]).default("all"),
  address: z.union([z.literal(""), z.url()]).optional(),
  names: z.array(z.string().trim().min(1)).optional(),
});

const began = performance.now();
await import(pathToFileURL(process.argv[2] ?? "").href);
const ms = performance.now() - began;
const files = Object.keys(Module._cache);
const packages = [...new Set(files.flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []))];
process.stdout.write(JSON.stringify({ ms, packages }));
