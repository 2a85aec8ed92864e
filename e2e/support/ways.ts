import type { Belfry } from "./belfry";
import { freePort } from "./free-port";
import { type RunningProxy, startPlainNginx } from "./proxies";

/** How a caller reaches Belfry. */
export const WAYS = ["directly", "behind nginx"] as const;
export type Way = (typeof WAYS)[number];

/** For the environment of a Belfry that is reached by both ways. */
export const TRUST_NGINX = { BELFRY_TRUST_PROXY: "127.0.0.1" };

export interface Ways {
  /** Where Belfry is, by a way. */
  url: Record<Way, string>;
  port: Record<Way, number>;
  proxy: RunningProxy;
}

/** Puts nginx, by its documented example, in front of a Belfry that goes on being reached directly. */
export async function withNginx(belfry: Belfry): Promise<Ways> {
  const port = await freePort();
  const proxy = await startPlainNginx(port, belfry.port);
  return {
    url: { directly: belfry.url, "behind nginx": `http://127.0.0.1:${port}` },
    port: { directly: belfry.port, "behind nginx": port },
    proxy,
  };
}
