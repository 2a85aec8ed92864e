import { json, type OldRow, type OldVersion, old, type Row } from "./rows";

// Every kind of row that a database of the version `0001_channel_texts` can hold, in the words of that version,
// and what `0002_plain_terms` makes of each. For the next migration: copy the pattern, with the rows of its own
// version before.

const HOUR = 3_600_000;
/** A time of that version, and the later moments of its rows. */
const T0 = 1_795_300_000_000;
/** Long after any test: what is due, leased or locked until then still is. */
const FAR = 4_102_444_800_000;

const notification = (title: string) =>
  json({
    type: "backup.failed",
    typeName: "Backup Failed",
    tone: "failure",
    severity: "critical",
    title,
    message: 'The dump ended with "exit 1"',
    fields: [{ label: "Job", value: "Nightly" }],
    at: T0,
  });

/** A row without the columns that hold nothing. */
const withEmpty = (columns: string[], row: Row): Row => ({
  ...Object.fromEntries(columns.map((column) => [column, null])),
  ...row,
});

// Settings, among which that version also kept its own state.

const setting = (key: string, value: unknown): OldRow => old({ key, value: json(value), updated_at: T0 }, {});

const INTERNAL: Record<string, unknown> = {
  "secret-check": "s1.sealed-by-the-old-version",
  "setup-done": true,
  "written-at": T0,
  "routing-version": T0 * 1000 + 17,
  "runs-claim": T0,
  "scheduler-lease": { owner: "wrk_old", until: FAR },
  "config-backup-state": { cron: "0 4 * * *", timezone: "Europe/Berlin", nextRunAt: T0 + HOUR },
};

const eventSettings = (recoveryKey: string) => ({
  globalChannels: ["chn_mail"],
  events: {
    "channel.failing": {
      enabled: true,
      channels: ["chn_hook"],
      repeat: "remind",
      remindHours: 6,
      [recoveryKey]: false,
    },
    "user.created": { enabled: false },
    "user.login": { notifyUser: "only", [recoveryKey]: true },
  },
});

const settings: OldRow[] = [
  setting("general", { timezone: "Europe/Berlin", retentionDays: 90, restoreFolder: null }),
  setting("email", { config: { host: "mail.example.org", port: 587 }, secrets: "s1.sealed" }),
  setting("config-backup", { config: { enabled: true, cron: "0 4 * * *", destinationId: "dst_local" }, secrets: null }),
  old(
    { key: "notifications", value: json(eventSettings("tellRecovery")), updated_at: T0 },
    { value: json(eventSettings("notifyOnRecovery")) },
  ),
];

// People.

const user = (id: string, status: string, row: Row = {}): OldRow =>
  old({
    id,
    name: id.replace("usr_", ""),
    email: `${id}@Example.org`,
    email_key: `${id}@example.org`,
    role: "admin",
    status,
    password_hash: status === "invited" ? null : "scrypt$32768$8$3$c2FsdA$aGFzaA",
    session_version: 3,
    timezone: null,
    last_login_at: null,
    created_at: T0,
    updated_at: T0 + 1,
    ...row,
  });

const users: OldRow[] = [
  user("usr_ana", "active", { timezone: "Asia/Tokyo", last_login_at: T0 + 2 }),
  user("usr_ben", "disabled", { role: "operator" }),
  user("usr_eve", "invited", { role: "viewer" }),
];

const invitation = (id: string, usedAt: number | null): OldRow =>
  old({ id, user_id: "usr_eve", token_hash: `hash-${id}`, expires_at: FAR, used_at: usedAt, created_at: T0 });

const apiKey = (id: string, revokedAt: number | null): OldRow =>
  old({
    id,
    name: id,
    role: "operator",
    key_hash: `hash-${id}`,
    hint: "a1b2",
    created_by: revokedAt ? null : "usr_ana",
    created_at: T0,
    last_used_at: revokedAt ? null : T0 + 5,
    revoked_at: revokedAt,
  });

const guard = (key: string, userId: string | null, lockedUntil: number | null): OldRow =>
  old({ key, user_id: userId, failures: lockedUntil ? 10 : 2, last_failure_at: T0, locked_until: lockedUntil });

const audit = (id: string, row: Row): OldRow =>
  old({
    id,
    at: T0,
    actor_kind: "user",
    actor_id: "usr_ana",
    actor_name: "Ana",
    address: "192.0.2.7",
    verb: "channels.update",
    entity: null,
    entity_id: null,
    entity_name: null,
    detail: null,
    ...row,
  });

const auditLog: OldRow[] = [
  audit("aud_1", { entity: "channel", entity_id: "chn_hook", detail: json({ tellRecovery: false, name: "Hook" }) }),
  audit("aud_2", { verb: "alerts.resolve", entity: "alert", entity_id: "alr_person" }),
  audit("aud_3", { verb: "alerts.resolve", entity: "alert", entity_id: "alr_odd_name", actor_kind: "api_key" }),
  audit("aud_4", { verb: "alerts.acknowledge", entity: "alert", entity_id: "alr_event" }),
  audit("aud_5", { actor_kind: "command", actor_id: null, address: null, verb: "users.unlock" }),
  audit("aud_6", { actor_kind: "system", actor_id: null, address: null, verb: "setup.create", actor_name: "Belfry" }),
];

// Channels.

const channel = (id: string, row: Row = {}): OldRow =>
  old({
    id,
    name: id,
    provider: "ntfy",
    enabled: true,
    config: json({ server: "https://ntfy.example.org", topic: id }),
    secrets: null,
    subscriptions: json([]),
    created_at: T0,
    updated_at: T0 + 1,
    min_severity: null,
    muted_until: null,
    rate_limit: null,
    texts: null,
    ...row,
  });

const channels: OldRow[] = [
  channel("chn_hook", {
    provider: "webhook",
    config: json({ url: "https://hook.example.org", headers: [] }),
    secrets: "s1.sealed",
    subscriptions: json(["system.error", "backup.failed"]),
    min_severity: "warning",
    rate_limit: json({ requests: 5, perSeconds: 60 }),
    texts: json({ title: "{{job.name}} took {{run.durationText}}", outcomes: { failure: { priority: "high" } } }),
  }),
  channel("chn_mail", { provider: "email", config: json({ recipients: ["ops@example.org"] }) }),
  channel("chn_muted", { muted_until: FAR }),
  channel("chn_off", { enabled: false }),
];

const channelState = (id: string, row: Row, becomes: Row = {}): OldRow =>
  old(
    withEmpty(
      [
        "trouble_since",
        "next_probe_at",
        "paused_until",
        "paused_since",
        "failing_since",
        "last_success_at",
        "last_error_at",
        "last_error",
        "lane_owner",
        "lane_until",
      ],
      { channel_id: id, failures: 0, ...row },
    ),
    becomes,
  );

const channelStates: OldRow[] = [
  channelState("chn_mail", { health: "healthy", last_success_at: T0, lane_owner: "wrk_old", lane_until: FAR }),
  channelState(
    "chn_hook",
    {
      health: "trouble",
      trouble_since: T0 - HOUR,
      failures: 7,
      next_probe_at: T0 + HOUR,
      failing_since: T0 - 2000,
      last_error_at: T0,
      last_error: "The service answered 503.",
      lane_owner: "wrk_old",
      lane_until: FAR,
    },
    { health: "retrying" },
  ),
  channelState("chn_muted", { health: "paused", paused_until: FAR, paused_since: T0, failures: 1 }),
  channelState("chn_off", { health: "trouble", trouble_since: T0, failures: 1 }, { health: "retrying" }),
];

// Sources, destinations, jobs with their notification rules.

const endpoint = (id: string, kind: string, secrets: string | null): OldRow =>
  old({ id, name: id, kind, config: json({ path: "/srv/data" }), secrets, created_at: T0, updated_at: T0 + 1 });

const job = (id: string, row: Row = {}): OldRow =>
  old({
    id,
    name: `Job "${id}"`,
    slug: id.replace("_", "-"),
    kind: "managed",
    source_id: "src_files",
    cron: null,
    timezone: null,
    enabled: true,
    compression: "none",
    keep_last: 0,
    time_limit_minutes: null,
    grace_minutes: 0,
    retries: 0,
    next_run_at: null,
    created_at: T0,
    updated_at: T0 + 1,
    ...row,
  });

const jobs: OldRow[] = [
  job("job_nightly", {
    cron: "0 3 * * *",
    timezone: "Europe/Berlin",
    compression: "zstd",
    keep_last: 14,
    time_limit_minutes: 90,
    grace_minutes: 15,
    retries: 2,
    next_run_at: FAR,
  }),
  job("job_manual", { enabled: false, compression: "gzip", source_id: "src_removed" }),
];

const rule = (id: string, jobId: string, channelId: string, row: Row = {}): OldRow =>
  old(
    withEmpty(["states", "remind_hours", "title", "message", "priority", "tags", "sound", "outcomes"], {
      id,
      job_id: jobId,
      channel_id: channelId,
      position: 0,
      condition: "always",
      repeat: "every",
      tell_recovery: true,
      include_log: false,
      log_limit: 0,
      ...row,
    }),
  );

const jobNotifications: OldRow[] = [
  rule("jnt_1", "job_nightly", "chn_hook", {
    condition: "custom",
    states: json(["start", "failure", "missed"]),
    repeat: "remind",
    remind_hours: 4,
    title: "{{job.name}}",
    message: "{{run.bytesText}} in {{run.durationText}}",
    priority: "urgent",
    tags: json(["skull"]),
    sound: "siren",
    outcomes: json({ success: { sound: "bell" } }),
    include_log: true,
    log_limit: 4096,
  }),
  rule("jnt_2", "job_nightly", "chn_mail", {
    condition: "failure",
    repeat: "first",
    tell_recovery: false,
    position: 1,
  }),
  rule("jnt_3", "job_manual", "chn_muted", { condition: "success" }),
];

// Runs and what they left.

const run = (id: string, status: string, row: Row = {}): OldRow =>
  old(
    withEmpty(
      [
        "actor_name",
        "due_at",
        "started_at",
        "finished_at",
        "not_before",
        "bytes",
        "files",
        "error",
        "advice",
        "cancel_requested_at",
        "worker_id",
        "heartbeat_at",
        "event_id",
      ],
      {
        id,
        kind: "backup",
        job_id: "job_nightly",
        name: "Nightly",
        status,
        trigger: "schedule",
        params: json({}),
        queued_at: T0,
        attempts: 1,
        ...row,
      },
    ),
    { executor: "worker" },
  );

const settled: Row = { started_at: T0 + 1, finished_at: T0 + 9, worker_id: "wrk_old", event_id: "evt_failed" };
const restoreParams = json({ artifactId: "art_1", target: { path: "/restore", overwrite: true } });

const runs: OldRow[] = [
  run("run_queued", "queued", { attempts: 0, due_at: T0 }),
  run("run_retry", "queued", { attempts: 1, started_at: T0, not_before: FAR, error: "exit 1", advice: "Look." }),
  run("run_running", "running", { started_at: T0, worker_id: "wrk_old", heartbeat_at: T0, cancel_requested_at: T0 }),
  run("run_success", "success", { ...settled, bytes: 8_400_000_000, files: 12 }),
  run("run_warning", "warning", {
    ...settled,
    error: "Two files were left out.",
    trigger: "manual",
    actor_name: "Ana",
  }),
  run("run_failure", "failure", { ...settled, error: "exit 1", advice: "Look.", event_id: null }),
  run("run_canceled", "canceled", { finished_at: T0 + 2, error: "The job was removed.", trigger: "api" }),
  run("run_restore", "success", { ...settled, kind: "restore", params: restoreParams }),
  run("run_config", "success", {
    ...settled,
    kind: "config_backup",
    job_id: null,
    params: json({ destinationId: "dst_local" }),
  }),
];

const artifact = (id: string, jobId: string | null, runId: string): OldRow =>
  old({
    id,
    run_id: runId,
    job_id: jobId,
    job_name: "Nightly",
    destination_id: "dst_local",
    destination_name: "Local",
    source_kind: jobId ? "files" : "belfry",
    compression: "zstd",
    path: `nightly/${id}.tar.zst`,
    bytes: 8_400_000_000,
    sha256: "ab".repeat(32),
    created_at: T0 + 9,
  });

// Events and alerts.

const event = (id: string, row: Row = {}): OldRow =>
  old(
    withEmpty(["dedup_key", "alert_id", "job_id", "run_id", "api_key_id", "idempotency_key"], {
      id,
      type: "backup.failed",
      at: T0,
      subject_kind: "job",
      subject_id: "job_nightly",
      subject_name: "Nightly",
      tone: "failure",
      severity: "critical",
      is_test: false,
      data: json({ job: { id: "job_nightly", name: "Nightly", slug: "job-nightly" }, error: "exit 1" }),
      notification: notification(id),
      ...row,
    }),
  );

const events: OldRow[] = [
  event("evt_failed", {
    dedup_key: "backup.failed:job_nightly",
    alert_id: "alr_firing",
    job_id: "job_nightly",
    run_id: "run_failure",
  }),
  event("evt_test", {
    type: "channel.test",
    subject_kind: "channel",
    subject_id: "draft",
    is_test: true,
    data: json({}),
  }),
  event("evt_custom", { type: "custom.notification", api_key_id: "key_good", idempotency_key: "once" }),
];

const alert = (id: string, status: string, row: Row = {}, becomes: Row = {}): OldRow =>
  old(
    withEmpty(["acknowledged_at", "acknowledged_by", "resolved_at", "resolved_by"], {
      id,
      type: "backup.failed",
      dedup_key: `backup.failed:${id}`,
      status,
      subject_kind: "job",
      subject_id: "job_nightly",
      subject_name: "Nightly",
      tone: "failure",
      severity: "critical",
      title: "Nightly failed",
      message: "exit 1",
      count: 3,
      opened_at: T0 - HOUR,
      last_at: T0,
      ...(status === "resolved" && { resolved_at: T0 + 10 }),
      ...row,
    }),
    { resolution: null, ...becomes },
  );

const acknowledged: Row = { acknowledged_at: T0 + 1, acknowledged_by: "Ana" };

const alerts: OldRow[] = [
  alert("alr_firing", "firing"),
  alert("alr_acknowledged", "acknowledged", acknowledged),
  alert("alr_event", "resolved", { ...acknowledged, resolved_by: "Backup Succeeded" }, { resolution: "event" }),
  alert("alr_person", "resolved", { resolved_by: "Ana" }, { resolution: "person" }),
  // A person may be called anything; the audit log knows.
  alert("alr_odd_name", "resolved", { resolved_by: "subject removed" }, { resolution: "person" }),
  alert(
    "alr_removed",
    "resolved",
    { resolved_by: "subject removed" },
    { resolution: "subject_removed", resolved_by: null },
  ),
  alert(
    "alr_disabled",
    "resolved",
    { resolved_by: "subject disabled", subject_kind: "user" },
    { resolution: "subject_disabled", resolved_by: null },
  ),
];

// Deliveries. Each has another recipient, because one event, channel, recipient, kind and step exist once.

const NEW_KINDS: Record<string, string> = { telling: "initial" };
const NEW_ROUTES: Record<string, string> = { row: "rule" };

const delivery = (id: string, row: Row, becomes: Row = {}): OldRow => {
  const before = withEmpty(
    [
      "user_id",
      "alert_id",
      "order_key",
      "row_id",
      "remind_hours",
      "notification",
      "text",
      "lease_until",
      "last_attempt_at",
      "settled_at",
      "reason",
      "receipt",
      "payload",
      "folded_into",
      "remaining",
    ],
    {
      id,
      event_id: "evt_failed",
      channel_id: "chn_hook",
      recipient: id,
      kind: "telling",
      step: 0,
      route: "row",
      tell_recovery: false,
      channel_name: "Hook",
      provider: "webhook",
      title: "Nightly failed",
      tone: "failure",
      severity: "critical",
      created_at: T0,
      due_at: T0,
      give_up_at: FAR,
      attempt_count: 0,
      folded_count: 0,
      ...row,
    },
  );
  const { kind, route } = before;
  return old(before, {
    kind: NEW_KINDS[String(kind)] ?? String(kind),
    route: NEW_ROUTES[String(route)] ?? String(route),
    reason_code: null,
    held_by: null,
    held_by_id: null,
    ...becomes,
  });
};

const sent: Row = { status: "sent", attempt_count: 1, last_attempt_at: T0 + 3, settled_at: T0 + 4 };

const sentDeliveries: OldRow[] = [
  delivery("dlv_sent", {
    ...sent,
    recipient: "",
    alert_id: "alr_firing",
    order_key: "backup.failed:job_nightly chn_hook",
    row_id: "jnt_1",
    tell_recovery: true,
    remind_hours: 4,
    text: json({ title: "{{job.name}}", includeLog: true, logLimit: 4096 }),
    receipt: "message-17",
    payload: json({ url: "https://hook.example.org", body: { text: "Nightly failed" } }),
  }),
  delivery("dlv_some_refused", { ...sent, route: "global", reason: "Some were refused: a@example.org: unknown" }),
  delivery("dlv_recovery", { ...sent, kind: "recovery", route: "override", notification: notification("Over") }),
  delivery("dlv_reminder", { ...sent, kind: "reminder", step: 2, route: "subscription" }),
  delivery("dlv_digest", {
    ...sent,
    kind: "digest",
    route: "global",
    folded_count: 2,
    notification: notification("2"),
  }),
  delivery("dlv_update", { ...sent, kind: "update", step: 1, route: "fallback" }),
  delivery("dlv_user", { ...sent, route: "user", channel_id: "chn_mail", user_id: "usr_ana" }),
  delivery("dlv_caller", { ...sent, route: "caller", event_id: "evt_custom" }),
  delivery("dlv_test", { ...sent, kind: "test", route: "test", event_id: "evt_test", channel_id: null }),
];

const held: Row = { status: "held", channel_id: "chn_muted", due_at: FAR };
const byMute: Row = { held_by: "mute", held_by_id: "chn_muted", reason_code: "channel_muted" };
const refusedForNow = "Refused for now: b@example.org: 450 try later";

const waitingDeliveries: OldRow[] = [
  delivery("dlv_pending", { status: "pending" }),
  delivery("dlv_reminder_due", { status: "pending", kind: "reminder", step: 1, alert_id: "alr_firing", due_at: FAR }),
  delivery(
    "dlv_retrying",
    { status: "pending", attempt_count: 3, last_attempt_at: T0, due_at: FAR, reason: "The service answered 503." },
    { reason_code: "retrying" },
  ),
  delivery(
    "dlv_refused_for_now",
    {
      status: "pending",
      channel_id: "chn_mail",
      attempt_count: 1,
      due_at: FAR,
      reason: refusedForNow,
      remaining: json(["b@example.org"]),
    },
    { reason_code: "refused_for_now" },
  ),
  delivery("dlv_sending", { status: "sending", lease_until: T0 + 60_000 }),
  delivery(
    "dlv_sending_again",
    { status: "sending", lease_until: T0 + 60_000, attempt_count: 1, reason: "timeout" },
    { reason_code: "retrying" },
  ),
  delivery("dlv_held", held, byMute),
  delivery("dlv_held_after_failure", { ...held, attempt_count: 2, reason: "timeout" }, byMute),
];

/** The sentence of that version, and the code that says the same. */
const CANCELED: [id: string, reason: string, code: string][] = [
  ["off", "The channel was switched off.", "channel_disabled"],
  ["off_at_attempt", "The channel is switched off.", "channel_disabled"],
  ["gone", "The channel was switched off: its service says that the target is gone.", "channel_gone"],
  ["removed", "The channel was removed.", "channel_removed"],
  ["subject_removed", "Canceled: subject removed.", "subject_removed"],
  ["subject_disabled", "Canceled: subject disabled.", "subject_disabled"],
  ["resolved", "The problem was resolved.", "alert_resolved"],
  ["over", "The problem is over.", "alert_resolved"],
  ["resolved_by_person", "Canceled: the problem was resolved by hand.", "alert_resolved"],
  ["acknowledged", "The problem was acknowledged.", "alert_acknowledged"],
  ["acknowledged_by_person", "Canceled: the problem was acknowledged.", "alert_acknowledged"],
  ["run_ended", "Its run has ended; the end is told instead.", "run_ended"],
  ["event_gone", "Its event is gone.", "event_missing"],
];

const canceledDeliveries: OldRow[] = [
  ...CANCELED.map(([id, reason, code]) =>
    delivery(
      `dlv_canceled_${id}`,
      { status: "canceled", settled_at: T0 + 4, reason, alert_id: "alr_firing" },
      { reason: null, reason_code: code },
    ),
  ),
  ...["Canceled by Ana.", "Canceled by someone who acknowledged."].map((reason, at) =>
    delivery(
      `dlv_canceled_by_person_${at}`,
      { status: "canceled", settled_at: T0 + 4, reason },
      { reason_code: "canceled_by_person" },
    ),
  ),
  delivery("dlv_canceled_unknown", { status: "canceled", settled_at: T0 + 4, reason: "A sentence nobody knows." }),
  delivery("dlv_canceled_silent", { status: "canceled", settled_at: T0 + 4 }),
];

const dead = (id: string, code: string, row: Row): OldRow =>
  delivery(
    id,
    { status: "dead", attempt_count: 1, last_attempt_at: T0 + 3, settled_at: T0 + 4, ...row },
    { reason_code: code },
  );

const deadDeliveries: OldRow[] = [
  dead("dlv_dead_late", "retries_exhausted", { attempt_count: 2, reason: "Given up after 24 h. It answered 503." }),
  dead("dlv_dead_rejected", "rejected", { reason: "400 Bad Request" }),
  dead("dlv_dead_gone", "target_gone", { reason: "404 Unknown webhook" }),
  dead("dlv_dead_invalid", "channel_invalid", { attempt_count: 0, last_attempt_at: null, reason: "No URL." }),
  dead("dlv_dead_invalid_later", "channel_invalid", { reason: "No URL." }),
  dead("dlv_dead_test", "test_failed", { kind: "test", route: "test", event_id: "evt_test", reason: "401" }),
  dead("dlv_dead_test_interrupted", "test_failed", {
    kind: "test",
    route: "test",
    event_id: "evt_test",
    attempt_count: 0,
    last_attempt_at: null,
    reason: "Interrupted: Belfry was stopped while it was sent.",
  }),
];

const folded = (id: string, into: string, code: string): OldRow =>
  delivery(id, { status: "folded", settled_at: T0 + 4, folded_into: into }, { reason_code: code });

const foldedDeliveries: OldRow[] = [
  folded("dlv_folded_digest", "dlv_digest", "digest"),
  folded("dlv_folded_recovery", "dlv_recovery", "recovered_before_sent"),
  folded("dlv_folded_other", "dlv_sent", "merged"),
  folded("dlv_folded_forgotten", "dlv_cleaned_up", "merged"),
];

const attempt = (deliveryId: string, number: number, outcome: string): OldRow =>
  old(
    withEmpty(["status", "error", "advice", "answer", "retry_after_ms"], {
      delivery_id: deliveryId,
      number,
      at: T0 + number,
      latency_ms: 120,
      outcome,
      ...(outcome !== "sent" && {
        status: 503,
        error: "The service answered 503.",
        advice: "Wait.",
        answer: "<h1>503</h1>",
        retry_after_ms: outcome === "retry" ? 30_000 : null,
      }),
    }),
  );

const attempts: OldRow[] = [
  attempt("dlv_sent", 1, "sent"),
  attempt("dlv_retrying", 1, "retry"),
  attempt("dlv_retrying", 2, "retry"),
  attempt("dlv_retrying", 3, "retry"),
  attempt("dlv_dead_late", 1, "rejected"),
  attempt("dlv_dead_late", 2, "retry"),
  attempt("dlv_dead_rejected", 1, "rejected"),
  attempt("dlv_dead_gone", 1, "gone"),
  attempt("dlv_dead_invalid_later", 1, "retry"),
  attempt("dlv_dead_test", 1, "rejected"),
];

export const CHANNEL_TEXTS: OldVersion = {
  lastMigration: "0001_channel_texts",
  renamedColumns: {
    channel_states: { trouble_since: "retrying_since", lane_owner: "queue_owner", lane_until: "queue_until" },
    deliveries: { row_id: "rule_id", tell_recovery: "notify_on_recovery" },
    job_notifications: { tell_recovery: "notify_on_recovery" },
  },
  movedRows: {
    system_state: { from: "settings", rows: Object.entries(INTERNAL).map(([key, value]) => setting(key, value)) },
  },
  rows: {
    settings,
    users,
    invitations: [invitation("inv_1", T0 + 2), invitation("inv_2", null)],
    api_keys: [apiKey("key_good", null), apiKey("key_revoked", T0 + 7)],
    login_guards: [guard("ana@example.org\n192.0.2.7", "usr_ana", FAR), guard("nobody\n192.0.2.8", null, null)],
    audit_log: auditLog,
    channels,
    channel_states: channelStates,
    sources: [endpoint("src_files", "files", null), endpoint("src_mysql", "mysql", "s1.sealed")],
    destinations: [endpoint("dst_local", "local", null), endpoint("dst_s3", "s3", "s1.sealed")],
    jobs,
    job_destinations: [
      old({ job_id: "job_nightly", destination_id: "dst_local", position: 0 }),
      old({ job_id: "job_nightly", destination_id: "dst_s3", position: 1 }),
    ],
    job_notifications: jobNotifications,
    runs,
    run_logs: [
      old({ run_id: "run_failure", seq: 0, at: T0, text: "begins\n" }),
      old({ run_id: "run_failure", seq: 1, at: T0 + 1, text: "exit 1 – 終了\n" }),
    ],
    artifacts: [artifact("art_1", "job_nightly", "run_success"), artifact("art_2", null, "run_config")],
    events,
    alerts,
    deliveries: [
      ...sentDeliveries,
      ...waitingDeliveries,
      ...canceledDeliveries,
      ...deadDeliveries,
      ...foldedDeliveries,
    ],
    attempts,
  },
};
