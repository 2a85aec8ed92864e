import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProgram, until } from "./child";
import { freePort } from "./free-port";
import { isSignedWith } from "./s3-signature";

/** What the next requests of a kind get in place of an answer. */
export interface S3Fault {
  /** `PUT ?partNumber=2`: the method, and words that the address holds. */
  of: { method: string; words?: string };
  answer:
    | { status: number; code: string; message?: string }
    /** A page, as a proxy or a web console answers. */
    | { page: number }
    /** The connection ends after so many bytes of the body that is sent, or of the answer where none is. */
    | { cutAfter: number }
    /** No answer at all. */
    | "silence"
    /** What is sent, or answered where nothing is, goes byte by byte, and so never ends. */
    | "drip";
  times: number;
}

/**
 * A real S3 server (s3rver) behind a small front, which knows what s3rver does not: to check signatures, to list and abort
 * multipart uploads, as https://docs.aws.amazon.com/AmazonS3/latest/API documents them, and to misbehave.
 */
export interface S3Server {
  endpoint: string;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Names of all objects, sorted. */
  objects(): string[];
  /** Names of objects whose multipart upload has neither been completed nor aborted. */
  uploads(): string[];
  /** Requests so far: `PUT /backups/x?partNumber=1`. */
  requests: string[];
  fault(fault: S3Fault): void;
  clearFaults(): void;
  stop(): Promise<void>;
}

const BUCKET = "backups";
/** Between two bytes of what drips. */
const DRIP_MS = 50;
/** The one that s3rver knows. */
const KEY = "S3RVER";

export async function startS3Server(): Promise<S3Server> {
  const folder = mkdtempSync(join(tmpdir(), "belfry-s3-"));
  const port = await freePort();
  const require = createRequire(import.meta.url);
  const script = require.resolve("s3rver/bin/s3rver.js");
  const args = [
    "-d",
    folder,
    "-a",
    "127.0.0.1",
    "-p",
    String(port),
    "--no-vhost-buckets",
    "--configure-bucket",
    BUCKET,
  ];
  const s3rver = startProgram(process.execPath, [script, ...args]);
  await until("s3rver listens", () => s3rver.words().includes("listening"), { words: s3rver.words });
  const front = new Front(port, folder);
  const at = await front.listen();
  return {
    endpoint: `http://127.0.0.1:${at}`,
    region: "us-east-1",
    bucket: BUCKET,
    accessKeyId: KEY,
    secretAccessKey: KEY,
    objects: () => objectsBelow(join(folder, BUCKET)),
    uploads: () => [...front.open.values()].map(({ key }) => key),
    requests: front.requests,
    fault: (fault) => front.faults.push({ ...fault }),
    clearFaults: () => void front.faults.splice(0),
    async stop() {
      await front.close();
      await s3rver.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function objectsBelow(folder: string, below = ""): string[] {
  const path = join(folder, below);
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => name !== "._S3rver_uploads")
    .flatMap((entry) => {
      const name = join(below, entry.name);
      if (entry.isDirectory()) return objectsBelow(folder, name);
      return entry.name.endsWith("._S3rver_object") ? [name.slice(0, -"._S3rver_object".length)] : [];
    })
    .sort();
}

class Front {
  readonly faults: S3Fault[] = [];
  readonly requests: string[] = [];
  /** Multipart uploads that have not ended, by their id. */
  readonly open = new Map<string, { key: string; path: string }>();
  private readonly server: Server;

  constructor(
    private readonly port: number,
    private readonly folder: string,
  ) {
    this.server = createServer((request, response) => this.handle(request, response));
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    const { method = "", url = "" } = request;
    this.requests.push(`${method} ${url}`);
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    const fault = this.takeFault(method, url);
    const { pathname, searchParams } = new URL(url, "http://front");
    const upload = searchParams.get("uploadId");
    const isOurs = request.headers.authorization?.includes(`Credential=${KEY}/`) ?? false;
    if (fault) this.misbehave(fault, request, response);
    else if (isOurs && !isSignedWith(KEY, request)) refuse(response, 403, "SignatureDoesNotMatch");
    else if (method === "DELETE" && upload !== null) this.abort(upload, request, response);
    else if (method === "GET" && searchParams.has("uploads")) this.list(searchParams.get("prefix") ?? "", response);
    else if (upload !== null && !this.open.has(upload)) refuse(response, 404, "NoSuchUpload");
    else this.pass(request, response, { pathname, begins: searchParams.has("uploads"), upload });
  }

  private takeFault(method: string, url: string): S3Fault | null {
    const fault = this.faults.find(({ of }) => of.method === method && url.includes(of.words ?? ""));
    if (!fault) return null;
    fault.times--;
    if (fault.times <= 0) this.faults.splice(this.faults.indexOf(fault), 1);
    return fault;
  }

  private misbehave({ answer }: S3Fault, request: IncomingMessage, response: ServerResponse): void {
    if (answer === "silence") {
      request.resume();
      return;
    }
    if (answer === "drip") {
      this.drip(request, response);
      return;
    }
    if ("cutAfter" in answer) {
      const { pathname } = new URL(request.url ?? "", "http://front");
      if (request.method === "GET") {
        this.pass(request, response, { pathname, begins: false, upload: null }, answer.cutAfter);
        return;
      }
      let bytes = 0;
      request.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes >= answer.cutAfter) request.socket.destroy();
      });
      return;
    }
    request.resume();
    request.once("end", () => {
      if ("page" in answer)
        response.writeHead(answer.page, { "content-type": "text/html" }).end("<html>Sign in</html>");
      else refuse(response, answer.status, answer.code, answer.message);
    });
  }

  private drip(request: IncomingMessage, response: ServerResponse): void {
    const answers = request.method === "GET";
    if (answers) response.writeHead(200, { "content-length": "100000000" });
    const timer = setInterval(() => {
      if (answers) response.write("x");
      else request.read(1);
    }, DRIP_MS);
    response.on("close", () => clearInterval(timer));
  }

  private abort(id: string, request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const known = this.open.get(id);
    this.open.delete(id);
    if (known) rmSync(known.path, { recursive: true, force: true });
    if (known) response.writeHead(204).end();
    else refuse(response, 404, "NoSuchUpload");
  }

  private list(prefix: string, response: ServerResponse): void {
    const uploads = [...this.open]
      .filter(([, { key }]) => key.startsWith(prefix))
      .map(([id, { key }]) => `<Upload><Key>${key}</Key><UploadId>${id}</UploadId></Upload>`);
    const body = `<ListMultipartUploadsResult><Bucket>${BUCKET}</Bucket><IsTruncated>false</IsTruncated>${uploads.join("")}</ListMultipartUploadsResult>`;
    response.writeHead(200, { "content-type": "application/xml" }).end(body);
  }

  /** @param cutAfter bytes of the answer after which the connection ends */
  private pass(
    request: IncomingMessage,
    response: ServerResponse,
    { pathname, begins, upload }: { pathname: string; begins: boolean; upload: string | null },
    cutAfter?: number,
  ): void {
    const { method = "", url = "", headers } = request;
    const through = httpRequest({ host: "127.0.0.1", port: this.port, method, path: url, headers }, (answer) => {
      const key = decodeURIComponent(pathname.slice(`/${BUCKET}/`.length));
      if (begins && method === "POST") this.noteUpload(answer, key);
      if (upload !== null && method === "POST" && answer.statusCode === 200) this.open.delete(upload);
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      if (cutAfter === undefined) {
        answer.pipe(response);
        return;
      }
      let bytes = 0;
      answer.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        response.write(chunk);
        if (bytes >= cutAfter) response.socket?.destroy();
      });
    });
    through.on("error", () => response.destroy());
    response.on("close", () => through.destroy());
    request.pipe(through);
  }

  private noteUpload(answer: IncomingMessage, key: string): void {
    let body = "";
    answer.on("data", (chunk: Buffer) => {
      body += chunk.toString();
      const id = /<UploadId>([^<]+)</.exec(body)?.[1];
      if (id) this.open.set(id, { key, path: join(this.folder, BUCKET, "._S3rver_uploads", id) });
    });
  }
}

function refuse(response: ServerResponse, status: number, code: string, message = "The test asked for it."): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  response.writeHead(status, { "content-type": "application/xml" }).end(body);
}
