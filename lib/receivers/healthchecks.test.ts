import { describe, expect, test } from "vitest";
import type { Signal } from "./contract";
import { receive } from "./testing/receive";

const UUID = "11111111-1111-4111-8111-555555555555";
const RID = "ABCDEF01-2345-4678-9ABC-DEF012345678";
/** As borgmatic sends it with all logs on. */
const LOG =
  "Pinging Healthchecks start\nCreating archive\nRepository /srv/missing.borg does not exist.\nError running actions for repository\nCommand 'borg create /srv/missing.borg::x' returned non-zero exit status 2.\n";
const REASON = "Command 'borg create /srv/missing.borg::x' returned non-zero exit status 2.";

const PINGS: [line: string, signal: Signal, body?: string][] = [
  // borgmatic, a good run and a failed one, logs off
  [`POST /ping/${UUID}/start`, { state: "start" }],
  [`POST /ping/${UUID}/log`, { state: "log" }],
  [`POST /ping/${UUID}`, { state: "success" }],
  [`POST /ping/${UUID}/fail`, { state: "failure" }],
  // with logs
  [`POST /ping/${UUID}/log`, { state: "log", log: LOG }, LOG],
  [`POST /ping/${UUID}/fail`, { state: "failure", log: LOG, message: REASON }, LOG],
  ["POST /ping/pingkey1/nightly-db/start?create=1", { state: "start" }],
  ["POST /ping/pingkey1/nightly-db/fail?create=1", { state: "failure", log: LOG, message: REASON }, LOG],
  // the same with the create parameter in the address that was pasted
  ["POST /ping/pingkey1/nightly-db?create=1/start", { state: "start" }],
  ["POST /ping/pingkey1/nightly-db?create=1/fail", { state: "failure" }],
  ["POST /ping/pingkey1/nightly-db?create=1/fail?create=1", { state: "failure" }],
  ["POST /ping/pingkey1/nightly-db?create=1/log", { state: "log" }],
  ["POST /ping/pingkey1/nightly-db?create=1//fail/", { state: "failure" }],
  ["POST /ping/pingkey1/nightly-db?create=1%2Ffail", { state: "failure" }],
  ["POST /ping/pingkey1/nightly-db?create=1", { state: "success" }],
  ["GET /in/TOKEN?host=web/3", { state: "failure", exitCode: 3 }],
  ["GET /in/TOKEN?from=https://web.example/x", { state: "success" }],
  // exit codes and run ids, as a wrapper around restic sends them
  [`GET /in/TOKEN/start?rid=${RID}`, { state: "start", runKey: RID.toLowerCase() }],
  [`POST /in/TOKEN/0?rid=${RID}`, { state: "success", exitCode: 0, runKey: RID.toLowerCase(), log: "done" }, "done"],
  [
    "POST /in/TOKEN/1",
    { state: "failure", exitCode: 1, message: "Fatal: no repo", log: "Fatal: no repo\n" },
    "Fatal: no repo\n",
  ],
  ["GET /in/TOKEN/255", { state: "failure", exitCode: 255 }],
  [`GET /in/TOKEN?rid=${RID}/fail`, { state: "failure", runKey: RID.toLowerCase() }],
  // methods, slashes, capitals
  ["HEAD /in/TOKEN/", { state: "success" }],
  ["PUT /in/TOKEN//fail/", { state: "failure", message: "out", log: "out" }, "out"],
  ["GET /in/TOKEN/FAIL", { state: "failure" }],
  ["GET /in/TOKEN/start/fail", { state: "failure" }],
  ["GET /in/TOKEN/fail/0", { state: "failure" }],
  ["GET /in/TOKEN/fail/start", { state: "start" }],
  ["GET /in/TOKEN/healthchecks/fail", { state: "failure" }],
  [`GET /in/TOKEN/ping/${UUID}/fail`, { state: "failure" }],
];

test.each(PINGS)("%s", (line, signal, body) => {
  expect(receive(line, { body: body ?? "" })).toEqual({
    signals: [signal],
    answer: {
      status: 200,
      body: "OK",
      contentType: "text/plain; charset=utf-8",
      headers: { "Ping-Body-Limit": "1000000", "Access-Control-Allow-Origin": "*" },
    },
  });
});

describe("refuses in Healthchecks' words", () => {
  test.each([
    ["GET /in/TOKEN/256", 400, "invalid url format"],
    ["GET /in/TOKEN/99999999999999999999", 400, "invalid url format"],
    ["GET /in/TOKEN/start?rid=1", 400, "invalid uuid format"],
    ["GET /in/TOKEN/start?rid=", 400, "invalid uuid format"],
    ["GET /in/TOKEN/start?rid=abcdef0123454678 9abcdef012345678", 400, "invalid uuid format"],
    ["GET /in/TOKEN/-1", 404, "not found"],
    ["GET /in/TOKEN/%E0%A4%A", 404, "not found"],
    ["GET /in/TOKEN/start/more", 404, "not found"],
    ["DELETE /in/TOKEN", 405, "This address takes GET, HEAD, POST, PUT."],
  ])("%s", (line, status, body) => {
    expect(receive(line)).toMatchObject({ signals: [], answer: { status, body } });
  });
});

test("a log in another encoding is kept, with what is no text replaced", () => {
  const latin = receive("POST /in/TOKEN/fail", { body: Buffer.from("caf\u00e9\0 failed\r\n", "latin1") });
  expect(latin.signals[0]).toMatchObject({ log: "caf\ufffd\ufffd failed\n", message: "caf\ufffd\ufffd failed" });
  const utf16 = receive("POST /in/TOKEN", { body: Buffer.from("\ufeffcafé", "utf16le") });
  expect(utf16.signals[0]?.log).toBe("café");
});

test("a log that was sent as a form is a log", () => {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  expect(receive("POST /in/TOKEN", { headers, body: "a=1&b=%20" }).signals[0]?.log).toBe("a=1&b=%20");
});

/** Written by restic 0.14 and Borg 1.2.4. */
const RESTIC_JSON =
  '{"message_type":"status","percent_done":1}\n{"message_type":"summary","files_new":2,"data_added":301051,"total_files_processed":2,"total_bytes_processed":300006,"total_duration":0.297330372,"snapshot_id":"a2ff0d6d"}\n';
const RESTIC =
  "Added to the repository: 0 B   (0 B   stored)\n\nprocessed 2 files, 292.975 KiB in 0:00\nsnapshot 4cf5677a saved\n";
const BORG =
  "Number of files: 2\nUtilization of max. archive size: 0%\n---\n                       Original size      Compressed size    Deduplicated size\nThis archive:              300.49 kB            300.46 kB            300.46 kB\nAll archives:              300.01 kB            300.01 kB            300.71 kB\n";

test.each([
  ["restic --json", RESTIC_JSON, { bytes: 300_006, files: 2 }],
  ["restic", RESTIC, { bytes: 300_006, files: 2 }],
  ["borg create --stats", BORG, { bytes: 300_490, files: 2 }],
])("how much was backed up stands in the log of %s", (_, body, figures) => {
  expect(receive("POST /in/TOKEN/0", { body }).signals).toMatchObject([{ state: "success", ...figures }]);
  expect(receive("POST /in/TOKEN/log", { body }).signals).toEqual([{ state: "log", log: body }]);
});

test("Watchgoose is read alike", () => {
  expect(receive("POST /in/TOKEN/watchgoose/start")).toEqual(receive("POST /in/TOKEN/start"));
  expect(receive(`POST /in/TOKEN/watchgoose/${UUID}/fail`, { body: LOG })).toEqual(
    receive("POST /in/TOKEN/fail", { body: LOG }),
  );
});
