import { describe, expect, test } from "vitest";
import { sampleContext } from "@/e2e/support/sample-notification";
import { type DigestLine, foldStorm } from "@/lib/policy/digest";
import type { Provider } from "@/lib/providers/contract";
import { measure } from "@/lib/providers/kit/text";
import { allProviders } from "@/lib/providers/registry";
import { withAbsoluteLink } from "./absolute-link";
import { digestRoom } from "./digest-room";
import type { LoadedChannel } from "./loaded-channel";

const INSTALLATION = { name: "Belfry", url: "https://backups.example.com", timezone: "UTC" };
const COUNT = 120;
const TITLES = {
  plain: (n: number) => `Backup of the customers' database failed, n${n}n: no space is left on the disk`,
  Chinese: (n: number) => `客户数据库备份失败，n${n}n：磁盘空间不足，请尽快检查存储目标并释放空间`,
  emoji: (n: number) => `🔥🔥 n${n}n 🔥🔥 👩‍👩‍👧‍👦 a backup failed`,
  "full of signs": (n: number) => `<b>_*[n${n}n](https://x.example)*_</b> & "failed" \`{{x}}\` #. ~|`,
};

const channelOf = (provider: Provider): LoadedChannel => ({
  id: "chn_1",
  name: "team",
  updatedAt: 0,
  enabled: true,
  providerId: provider.id,
  provider,
  config: provider.parse(provider.example),
  texts: null,
  rateLimit: null,
  secrets: [],
  redact: (text) => text,
  hasReferences: false,
});

const linesOf = (title: (n: number) => string): DigestLine[] =>
  Array.from({ length: COUNT }, (_, n) => ({
    id: `dlv_${String(n).padStart(5, "0")}`,
    title: title(n),
    tone: "failure",
    severity: "critical",
  }));

const folding = allProviders().filter((provider) => provider.foldAbove !== null && !provider.delegatesTo);

describe.each(folding.map((provider) => [provider.id, provider] as const))("fault B9: %s", (_, provider) => {
  test.each(Object.entries(TITLES))("names or counts every problem of a storm whose titles are %s", (_, title) => {
    const channel = channelOf(provider);
    const lines = linesOf(title);
    const digests = foldStorm(lines, digestRoom(channel, "ops@example.com", INSTALLATION, 0), 0);
    expect(digests.flatMap(({ lineIds }) => lineIds)).toEqual(lines.map(({ id }) => id));
    expect(digests.length).toBeLessThanOrEqual(provider.digestMessages);
    const named = new Set<string>();
    let counted = 0;
    for (const { notification } of digests) {
      const shown = withAbsoluteLink(notification, INSTALLATION.url);
      const payload = provider.render(shown, channel.config, sampleContext({ recipient: "ops@example.com" }));
      const parts = provider.parts(payload);
      const text = JSON.stringify(payload);
      for (const [token] of text.matchAll(/n\d+n/g)) named.add(token);
      counted += Number(/and (\d+) more in the delivery log/.exec(text)?.[1] ?? 0);
      for (const [name, { max, unit }] of Object.entries(provider.limits))
        for (const part of parts[name] ?? []) expect(measure(part, unit), name).toBeLessThanOrEqual(max);
    }
    expect(named.size).toBeGreaterThan(0);
    expect(named.size + counted).toBe(COUNT);
  });
});

test("fault B9: a storm by text message is one message with the number and the worst few", () => {
  const twilio = allProviders().find(({ id }) => id === "twilio") as Provider;
  const digests = foldStorm(linesOf(TITLES.plain), digestRoom(channelOf(twilio), "", INSTALLATION, 0), 0);
  expect(digests).toHaveLength(1);
  expect(digests[0]?.notification.message).toMatch(/n0n.*\n… and 11\d more in the delivery log\.$/s);
});
