import { forgetRinging, RINGING_LOCK, type RingingLeft, readRingingLeft } from "@/db/stores/ringing";
import { transact } from "@/db/transact";
import { loggerOf } from "@/lib/core/logger";
import { Loop } from "@/lib/core/loop";
import { readyChannel } from "./loaded-channel";
import { providerIo } from "./provider-io";

const log = loggerOf("ringing");

/** How soon a stop that failed is tried again. */
const INTERVAL_MS = 30_000;

/**
 * Stops what a channel rang when it was disabled or removed, which is noted in the transaction that did it: nothing is
 * sent through such a channel any more. A stop that fails for now is repeated until the ringing ends by itself; after a
 * crash the next start goes on. Several processes may do it at once: a stop that finds nothing changes nothing.
 */
export function ringingLoop(): Loop {
  return new Loop(
    { name: "left ringing", intervalMs: INTERVAL_MS, topics: ["channels"], runsAtStart: true },
    async () => {
      const all = await transact([], readRingingLeft);
      if (all.length === 0) return;
      const over = new Set<string>();
      for (const left of all) for (const key of await stop(left)) over.add(key);
      if (over.size === 0) return;
      await transact([RINGING_LOCK], (tx) => forgetRinging(tx, (left, thread) => over.has(keyOf(left, thread))));
    },
  );
}

/** @returns the keys of the threads that ring no more, or that nothing can stop */
async function stop(left: RingingLeft): Promise<string[]> {
  const keys = left.threads.map((thread) => keyOf(left, thread));
  if (Date.now() >= left.until) return keys;
  const channel = await readyChannel({ ...left, enabled: false, updatedAt: 0 });
  if ("broken" in channel || !channel.provider.stopRinging) return keys;
  const over: string[] = [];
  for (const thread of left.threads) {
    const config = channel.targets?.get(thread.recipient) ?? channel.config;
    const result = await channel.provider.stopRinging(thread.threadId, config, providerIo());
    if (result.kind !== "retry") over.push(keyOf(left, thread));
    if (result.kind === "sent") {
      log.info("stopped what a disabled or removed channel rang", { channelId: left.id, threadId: thread.threadId });
    } else {
      const reason = channel.redact(result.reason);
      log.warn("could not stop what a disabled or removed channel rings", {
        channelId: left.id,
        name: left.name,
        reason,
      });
    }
  }
  return over;
}

function keyOf({ id, until }: RingingLeft, { threadId, recipient }: RingingLeft["threads"][number]): string {
  return [id, until, threadId, recipient].join("\n");
}
