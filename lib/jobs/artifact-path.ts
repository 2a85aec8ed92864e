import { newId } from "@/lib/core/id";
import type { Compression } from "@/lib/core/job";

const ENDINGS: Record<Compression, string> = { none: "", gzip: ".gz", zstd: ".zst" };

/** `shop/shop-20261121T031500Z-k3x9.dump.gz`: sorts by time, and two made at the same moment differ. */
export function artifactPath(slug: string, extension: string, compression: Compression, now = Date.now()): string {
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
  return `${slug}/${slug}-${stamp}-${newId("x").slice(-4)}.${extension}${ENDINGS[compression]}`;
}
