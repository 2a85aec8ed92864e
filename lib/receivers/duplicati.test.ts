import { expect, test } from "vitest";
import { receive } from "./testing/receive";

/** As Duplicati 2.1.0.5 sends it. */
const report = (result: string, lines: string[] = []) => ({
  Data: {
    DeletedFiles: 0,
    ExaminedFiles: 15_399,
    SizeOfExaminedFiles: 11_086_692_615,
    PartialBackup: false,
    MainOperation: "Backup",
    ParsedResult: result,
    Interrupted: false,
    Version: "2.1.0.5 (2.1.0.5_stable_2025-03-04)",
    EndTime: "2025-04-21T23:46:38.3568274Z",
    BeginTime: "2025-04-21T23:45:46.9712217Z",
    Duration: "00:00:51.3856057",
    BackendStatistics: { BytesUploaded: 8_290_314, ParsedResult: "Success" },
  },
  Extra: { OperationName: "Backup", "machine-name": "WSJ-SER5", "backup-name": "Local files", "backup-id": "DB-2" },
  LogLines: lines,
});
const FIGURES = {
  startedAt: Date.UTC(2025, 3, 21, 23, 45, 46, 971),
  finishedAt: Date.UTC(2025, 3, 21, 23, 46, 38, 356),
  durationMs: 51_386,
  bytes: 11_086_692_615,
  files: 15_399,
};
const ERROR = "2025-04-21 23:46:38 +01 - [Error-Duplicati.Library.Main.Operation]: The folder does not exist";

test.each([
  ["Success", "success"],
  ["Warning", "warning"],
  ["Error", "failure"],
  ["Fatal", "failure"],
  ["Unknown", "unknown"],
])("JSON: %s", (result, state) => {
  const json = JSON.stringify(report(result));
  for (const body of [json, `message=${encodeURIComponent(json)}`]) {
    const { signals, answer } = receive("POST /in/TOKEN/duplicati", { body });
    expect(signals).toEqual([{ state, message: "Local files", ...FIGURES }]);
    expect(answer.status).toBe(200);
  }
});

test("the lines of its log, and why it failed", () => {
  const body = JSON.stringify(report("Error", ["2025-04-21 23:46:00 +01 - [Information]: x", ERROR]));
  expect(receive("POST /in/TOKEN/duplicati", { body }).signals).toMatchObject([
    { state: "failure", message: `Local files: ${ERROR}`, log: expect.stringContaining(ERROR) },
  ]);
});

test("a run that ended with an exception, and one that was interrupted", () => {
  const thrown = JSON.stringify({
    Data: { ClassName: "System.Exception", Message: "No space" },
    Extra: {},
    LogLines: [],
  });
  expect(receive("POST /in/TOKEN/duplicati", { body: thrown }).signals).toEqual([
    { state: "failure", message: "No space" },
  ]);
  const stopped = report("Success");
  stopped.Data.Interrupted = true;
  expect(receive("POST /in/TOKEN/duplicati", { body: JSON.stringify(stopped) }).signals[0]?.state).toBe("warning");
});

test("the text as a form", () => {
  const text =
    "Duplicati Backup report for Local files\r\n\r\nDeletedFiles: 0\r\nExaminedFiles: 15399\r\nSizeOfExaminedFiles: 10.325 GB (11086692615)\r\nParsedResult: Warning\r\nEndTime: 4/21/2025 11:46:38 PM (1745279198)\r\nBeginTime: 4/21/2025 11:45:46 PM (1745279146)\r\nDuration: 00:00:51.3856057\r\nMessages: [\r\n]\r\nWarnings: [\r\n    Could not read /x\r\n]\r\n";
  const { signals } = receive("POST /in/TOKEN/duplicati", {
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: `message=${encodeURIComponent(text)}`,
  });
  expect(signals).toEqual([
    {
      state: "warning",
      message: "Duplicati Backup report for Local files: Could not read /x",
      log: text.replaceAll("\r\n", "\n"),
      ...FIGURES,
      startedAt: 1_745_279_146_000,
      finishedAt: 1_745_279_198_000,
    },
  ]);
});

test("a failure in the text", () => {
  const body = `message=${encodeURIComponent("Duplicati Backup report for x\n\nFailed: No route to host\nDetails: System.Net…")}`;
  expect(receive("POST /in/TOKEN/duplicati", { body }).signals).toMatchObject([
    { state: "failure", message: "Duplicati Backup report for x: No route to host" },
  ]);
});

test("JSON that was too long to be kept whole", () => {
  const json = JSON.stringify(report("Fatal", ["x".repeat(500)]));
  const body = `${json.slice(0, 800)}\n…\n${json.slice(-100)}`;
  expect(receive("POST /in/TOKEN/duplicati", { body, isCut: true }).signals).toEqual([{ state: "failure", log: body }]);
});

test.each(["", "message="])("%j is refused", (body) => {
  expect(receive("POST /in/TOKEN/duplicati", { body })).toMatchObject({ signals: [], answer: { status: 400 } });
});
