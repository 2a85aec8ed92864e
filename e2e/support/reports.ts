import { readFileSync } from "node:fs";
import { type RequestOptions, request } from "node:http";
import type { Api, List } from "./api";

/** An external job, as far as its reports go. */
export interface Reported {
  id: string;
  token: string;
  uuid: string;
}

/** A run of an external job, as the API has it. */
export interface ReportedRun {
  id: string;
  status: string;
  error: string | null;
}

/** Creates an external job that notifies nobody. */
export function createReported(api: Api, name: string, more: object = {}): Promise<Reported> {
  return api.post<Reported>("/jobs", { kind: "external", name, notifications: [], ...more });
}

/** All runs of a job, newest first. */
export async function runsOf(api: Api, { id }: Reported): Promise<ReportedRun[]> {
  const runs: ReportedRun[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const { items, nextCursor }: List<ReportedRun> = await api.get(
      `/runs?jobId=${id}&limit=100${cursor ? `&cursor=${cursor}` : ""}`,
    );
    runs.push(...items);
    cursor = nextCursor;
  }
  return runs;
}

/** What a report was answered with. */
export interface ReportAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/**
 * Sends a report over a connection of its own, with a target that no URL parser has set right.
 */
export function report(
  port: number,
  target: string,
  options: Pick<RequestOptions, "method" | "headers"> = {},
  body = "",
): Promise<ReportAnswer> {
  return new Promise((resolve, reject) => {
    const { method = "POST", headers = {} } = options;
    const length = body === "" ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const settings = {
      host: "127.0.0.1",
      port,
      path: target,
      method,
      agent: false,
      headers: { ...length, ...headers },
    };
    const sent = request(settings, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      answer.on("error", reject);
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Megabytes that a process holds. */
export function megabytesOf(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
}
