import { spawn } from "node:child_process";
import { constants, setPriority } from "node:os";
import { PassThrough } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { runtimeValue } from "@/lib/core/runtime";
import type { RunningTool, ToolBinding, ToolOptions, ToolProcess, Tools } from "./tool-io";
import { watchTool } from "./tool-watch";

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const STDOUT_KEPT = 1_000_000;
/** Output read ahead of a slow reader, bytes. */
const STDOUT_AHEAD = 64 * 1024;

/** Tools bound to one run: stopped with it, its secrets redacted from all their output. */
export function toolsFor(binding: ToolBinding): Tools {
  const start = (tool: string, args: string[], options: ToolOptions = {}) => startTool(tool, args, options, binding);
  return {
    start,
    async run(tool, args, options) {
      const { stdout, ended } = start(tool, args, options);
      let text = "";
      stdout.setEncoding("utf8");
      stdout.on("data", (chunk: string) => {
        if (text.length < STDOUT_KEPT) text += chunk;
      });
      const read = finished(stdout).catch(() => undefined);
      const end = await ended;
      await read;
      return { ...end, stdout: text };
    },
  };
}

function startTool(tool: string, args: string[], options: ToolOptions, binding: ToolBinding): RunningTool {
  binding.signal.throwIfAborted();
  // No shell, so that no argument has a meaning of its own; a process group, so that the whole tree can be ended.
  const child = spawn(tool, args, {
    cwd: options.cwd,
    env: environment(options.env),
    shell: false,
    detached: true,
    stdio: [options.stdin ? "pipe" : "ignore", "pipe", "pipe"],
  }) as ToolProcess;
  lowerPriority(child.pid);
  // Read from the first moment on: when a tool exits, Node discards what is left in a pipe that nobody reads yet.
  const stdout = new PassThrough({ highWaterMark: STDOUT_AHEAD });
  pipeline(child.stdout, stdout).catch(() => undefined);
  return { stdout, ended: watchTool(child, stdout, tool, options, binding) };
}

/** Nothing of Belfry's own environment reaches a tool; messages are in English. */
function environment(more: Record<string, string> | undefined): NodeJS.ProcessEnv {
  const base = {
    PATH: runtimeValue("toolsPath") ?? DEFAULT_PATH,
    LANG: "C.UTF-8",
    LC_ALL: "C.UTF-8",
    HOME: "/nonexistent",
    ...more,
  };
  return base as unknown as NodeJS.ProcessEnv;
}

function lowerPriority(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already.
  }
}
