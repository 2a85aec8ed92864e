import { escapedJson } from "./terminal-text";

type Level = "debug" | "info" | "warn" | "error";

export interface Logger {
  debug(message: string, facts?: Record<string, unknown>): void;
  info(message: string, facts?: Record<string, unknown>): void;
  warn(message: string, facts?: Record<string, unknown>): void;
  error(message: string, facts?: Record<string, unknown>): void;
}

function write(level: Level, room: string, message: string, facts: Record<string, unknown> = {}): void {
  const line: Record<string, unknown> = { at: new Date().toISOString(), level, room, message };
  for (const [key, value] of Object.entries(facts)) {
    line[key] = value instanceof Error ? { message: value.message, stack: value.stack, cause: causeOf(value) } : value;
  }
  process.stderr.write(`${escapedJson(line)}\n`);
}

function causeOf(error: Error): string | undefined {
  return error.cause instanceof Error ? error.cause.message : undefined;
}

/**
 * One JSON line per message on standard error, whatever the facts hold: nothing in them ends the line or steers a
 * terminal. Never hand it a secret: redact first.
 */
export function loggerOf(room: string): Logger {
  return {
    debug: (message, facts) => {
      if (process.env.NODE_ENV === "development") write("debug", room, message, facts);
    },
    info: (message, facts) => write("info", room, message, facts),
    warn: (message, facts) => write("warn", room, message, facts),
    error: (message, facts) => write("error", room, message, facts),
  };
}
