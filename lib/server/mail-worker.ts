import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import type { HeaderLines, Headers } from "mailparser";

/** A message, taken apart. */
export interface ParsedMessage {
  headers: Headers;
  lines: HeaderLines;
  text: string;
  html: string;
}

type Answer = { message: ParsedMessage } | { error: string };

/** Far more than any message takes that is not made to be slow. */
const PARSE_MS = 10_000;
const HEAP_MB = 256;
const KB = 1024;
/** No links are looked for and nothing is turned into HTML: that takes time, and is for screens. */
const OPTIONS = {
  skipHtmlToText: true,
  skipTextToHtml: true,
  skipTextLinks: true,
  skipImageLinks: true,
  maxChildNodes: 200,
  maxHeadSize: 256 * KB,
};

/** The program of the thread, so that it is the same in the sources and in the bundle. One message at a time. */
const SCRIPT = `// Belfry mail reader
const { parentPort, workerData } = require("node:worker_threads");
const { MailParser } = require(workerData.parser);

parentPort.on("message", (raw) => {
  const parser = new MailParser(workerData.options);
  const message = { headers: new Map(), lines: [], text: "", html: "" };
  parser.on("error", (error) => parentPort.postMessage({ error: String(error && error.message) }));
  parser.on("headers", (found) => { message.headers = found; });
  parser.on("headerLines", (found) => { message.lines = found; });
  parser.on("data", (data) => {
    if (data.type === "text") {
      message.text = data.text || "";
      message.html = data.html || "";
      return;
    }
    data.content.on("end", () => data.release());
    data.content.resume();
  });
  parser.on("end", () => parentPort.postMessage({ message }));
  parser.end(Buffer.from(raw));
});
`;

/**
 * Takes messages apart in a thread of its own, one after the other: what makes the parser throw, hang or eat up memory ends the thread,
 * and the next message gets a new one. There is none until the first message.
 */
export class MailWorker {
  private worker: Worker | null = null;
  private last: Promise<unknown> = Promise.resolve();

  /** @throws Error with what cannot be read */
  parse(raw: Buffer): Promise<ParsedMessage> {
    const parsed = this.last.then(() => this.parseNext(raw));
    this.last = parsed.catch(() => undefined);
    return parsed;
  }

  async close(): Promise<void> {
    const { worker } = this;
    this.worker = null;
    worker?.ref();
    await worker?.terminate();
  }

  private async parseNext(raw: Buffer): Promise<ParsedMessage> {
    this.worker ??= startThread();
    try {
      return await answerOf(this.worker, raw);
    } catch (error) {
      // What it still says would be about this one.
      await this.close();
      throw error;
    }
  }
}

function startThread(): Worker {
  const parser = createRequire(import.meta.url).resolve("mailparser");
  const worker = new Worker(SCRIPT, {
    eval: true,
    workerData: { parser, options: OPTIONS },
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  worker.unref();
  return worker;
}

function answerOf(worker: Worker, raw: Buffer): Promise<ParsedMessage> {
  return new Promise<ParsedMessage>((resolve, reject) => {
    const timer = setTimeout(() => settle({ error: "it takes too long" }), PARSE_MS);
    const settle = (answer: Answer) => {
      clearTimeout(timer);
      // By name: the thread has listeners of its own, without which it is never heard again.
      for (const event of ["message", "error", "exit"]) worker.removeAllListeners(event);
      if ("message" in answer) resolve(answer.message);
      else reject(new Error(answer.error));
    };
    worker.on("message", settle);
    worker.on("error", (error) => settle({ error: error instanceof Error ? error.message : String(error) }));
    worker.on("exit", () => settle({ error: "the reader ended" }));
    worker.postMessage(raw);
  });
}
