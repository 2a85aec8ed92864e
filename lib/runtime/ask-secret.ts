import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/**
 * Reads a secret that must not be on the command line, where every user of the machine could read it:
 * from the first line of standard input, or typed without echo.
 */
export async function askSecret(question: string): Promise<string> {
  const isTyped = process.stdin.isTTY === true;
  if (isTyped) process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: isTyped });
  try {
    for await (const line of lines) return line;
    return "";
  } finally {
    lines.close();
    if (isTyped) process.stderr.write("\n");
  }
}
