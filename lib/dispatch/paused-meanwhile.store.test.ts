import { expect, test, vi } from "vitest";
import { eachPipeline, eachReceiver } from "./each-pipeline";
import { emitAll } from "./emit";
import { addWebhook, customEvent, deliveriesOf, setNotifications, until } from "./pipeline-fixture";
import type { cancellationReason } from "./send/precondition";

/** Deliveries whose last look before they are sent waits, as where the database is slow. */
const waiting: (() => void)[] = [];
let isSlow = false;
vi.mock("./send/precondition", async (original) => {
  const real = await original<{ cancellationReason: typeof cancellationReason }>();
  return {
    ...real,
    async cancellationReason(...input: Parameters<typeof cancellationReason>) {
      const found = await real.cancellationReason(...input);
      if (isSlow) await new Promise<void>((resolve) => waiting.push(resolve));
      return found;
    },
  };
});

const receiver = eachReceiver();
eachPipeline();

test("what was being prepared when the service asked to pause is sent after the pause, and not before", async () => {
  const channel = await addWebhook("one", receiver.url());
  await setNotifications({ globalChannels: [channel] });
  const asked: number[] = [];
  receiver.answerWith((_path, response) => {
    asked.push(performance.now());
    if (asked.length > 1) return true;
    response.writeHead(429, { "retry-after": "2" }).end();
    return false;
  });
  isSlow = true;
  await emitAll(["first", "second"].map((title) => ({ draft: customEvent(title) })));
  await until(() => waiting.length === 2);
  isSlow = false;
  waiting[0]?.();
  await until(async () => (await deliveriesOf(channel)).some(({ attemptCount }) => attemptCount === 1));
  waiting[1]?.();
  await until(async () => (await deliveriesOf(channel)).every(({ status }) => status === "sent"));
  const [first = 0, ...later] = asked;
  expect(later).toHaveLength(2);
  for (const at of later) expect(at - first).toBeGreaterThan(1_900);
});
