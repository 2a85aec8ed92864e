import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { claimOf, freePort } from "./free-port";

test("no port is handed out twice, and none that a server on port 0 could get", async () => {
  const ports = await Promise.all(Array.from({ length: 200 }, freePort));
  expect(new Set(ports).size).toBe(ports.length);
  expect(Math.max(...ports)).toBeLessThan(32_768);
});

/** What another process hears when it binds this UDP port. */
function bindElsewhere(port: number, address: string): string {
  const bind = `const socket = require("node:dgram").createSocket("udp4");
    socket.on("error", (error) => { console.log(error.code); socket.close(); });
    socket.bind({ port: ${port}, address: "${address}", exclusive: true }, () => { console.log("bound"); socket.close(); });`;
  return spawnSync(process.execPath, ["-e", bind], { encoding: "utf8" }).stdout.trim();
}

test("what this process was given, another process cannot claim", async () => {
  expect(bindElsewhere(claimOf(await freePort()), "127.0.0.1")).toBe("EADDRINUSE");
});

test("a program may take the UDP port of the same number too, as servers of HTTP/3 do", async () => {
  expect(bindElsewhere(await freePort(), "0.0.0.0")).toBe("bound");
});
