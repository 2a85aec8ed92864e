// Fills the database of a stopped program as years of work would: rows are copied from those that the program wrote
// itself, so that they are always of its present shape.
import Database from "better-sqlite3";

const DAY_MS = 86_400_000;
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** Ids that sort by time, as the program's own do. */
function idAt(prefix, ms, number) {
  const encode = (value, length) => {
    let text = "";
    for (let rest = value; text.length < length; rest = Math.floor(rest / 32)) text = ALPHABET[rest % 32] + text;
    return text;
  };
  return `${prefix}_${encode(ms, 10)}${encode(number % 32 ** 4, 4)}${encode(number, 8)}`;
}

/**
 * @param file the database of a program that has run one job and notified once
 * @param counts `jobs`, `runsPerJob`, `deliveries`, `alerts`, of which `openAlerts` are open, `audit`
 */
export function fill(file, counts) {
  const database = new Database(file);
  database.pragma("journal_mode = WAL");
  const now = Date.now();
  /** Copies one row of a table; `changes` makes what is different about each copy. */
  const copy = (table, count, changes, where = "1") => {
    const model = database.prepare(`select * from ${table} where ${where} limit 1`).get();
    if (!model) throw new Error(`The program left no row in ${table} to copy.`);
    const names = Object.keys(model);
    const values = names.map((name) => `@${name}`).join(", ");
    const insert = database.prepare(`insert into ${table} (${names.join(", ")}) values (${values})`);
    for (let number = 0; number < count; number++) insert.run({ ...model, ...changes(number, model) });
  };
  /** Spread over the last 25 days, oldest first. */
  const when = (number, count) => now - 25 * DAY_MS + Math.floor((number / count) * 25 * DAY_MS);
  const jobId = (number) => idAt("job", now - 30 * DAY_MS, number % counts.jobs);
  const runs = counts.jobs * counts.runsPerJob;
  const runId = (number) => idAt("run", when(number % runs, runs), number % runs);
  const eventId = (number) => idAt("evt", when(number, counts.deliveries), number);
  const deliveryId = (number) => idAt("dlv", when(number, counts.deliveries), number);

  database.transaction(() => {
    copy("jobs", counts.jobs, (number) => ({ id: jobId(number), name: `Job ${number}`, slug: `job-${number}` }));
    copy("job_destinations", counts.jobs, (number) => ({ job_id: jobId(number) }));
    copy("job_notifications", counts.jobs, (number) => ({ id: `row_${number}`, job_id: jobId(number) }));
    copy("runs", runs, (number) => {
      const at = when(number, runs);
      const status = number % 17 === 0 ? "failure" : "success";
      const times = { queued_at: at, started_at: at, finished_at: at + 40_000, due_at: at };
      return { id: runId(number), job_id: jobId(number), name: `Job ${number % counts.jobs}`, status, ...times };
    });
    copy("artifacts", runs, (number) => ({
      id: idAt("art", when(number, runs), number),
      run_id: runId(number),
      job_id: jobId(number),
      job_name: `Job ${number % counts.jobs}`,
      created_at: when(number, runs),
    }));
    const facts = (number) => ({ job_id: jobId(number), run_id: runId(number) });
    copy(
      "events",
      counts.deliveries,
      (number) => ({ id: eventId(number), at: when(number, counts.deliveries), ...facts(number) }),
      "job_id is not null",
    );
    copy(
      "deliveries",
      counts.deliveries,
      (number) => {
        const at = when(number, counts.deliveries);
        const status = number % 501 === 0 ? "dead" : "sent";
        const times = { created_at: at, due_at: at, last_attempt_at: at, settled_at: at };
        return { id: deliveryId(number), event_id: eventId(number), status, ...times };
      },
      "event_id in (select id from events where job_id is not null)",
    );
    copy("attempts", counts.deliveries, (number) => ({ delivery_id: deliveryId(number), number: 1 }));
    copy("alerts", counts.alerts, (number) => {
      const at = when(number, counts.alerts);
      const isOpen = number >= counts.alerts - counts.openAlerts;
      const end = isOpen ? { status: "firing", resolved_at: null } : { status: "resolved", resolved_at: at + 60_000 };
      return { id: idAt("alr", at, number), dedup_key: `problem ${number}`, opened_at: at, last_at: at, ...end };
    });
    copy("audit_log", counts.audit, (number) => {
      const at = when(number, counts.audit);
      return { id: idAt("aud", at, number), at };
    });
  })();
  database.close();
}
