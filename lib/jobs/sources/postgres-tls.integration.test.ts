import { chmodSync, chownSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { makeAuthority } from "@/e2e/support/authority";
import { until } from "@/e2e/support/child";
import { setRuntimeValue } from "@/lib/core/runtime";
import { bytesOf, type TestIo, testIo } from "../testing/io";
import { postgres } from "./postgres";
import { PASSWORD, startTestServer, type TestServer } from "./postgres-testing";

const authority = makeAuthority();
let server: TestServer;
let io: TestIo;

beforeAll(async () => {
  server = await startTestServer();
  await server.sql("postgres", "CREATE DATABASE shop");
  await server.sql("shop", "CREATE TABLE t AS SELECT 1 AS n");
});
afterAll(() => server.stop());
beforeEach(() => {
  io = testIo([PASSWORD]);
});
afterEach(() => {
  setRuntimeValue("authorities", undefined);
  io.remove();
});

/** Has the server show this certificate to new connections. */
async function show({ cert, key }: { cert: string; key: string }): Promise<void> {
  const [row] = await server.sql("postgres", "SHOW data_directory");
  const folder = String(row?.data_directory);
  const { uid, gid } = statSync(folder);
  for (const [name, text] of Object.entries({ "tls.crt": cert, "tls.key": key })) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o600);
    chownSync(join(folder, name), uid, gid);
  }
  for (const [name, value] of [
    ["ssl_cert_file", "tls.crt"],
    ["ssl_key_file", "tls.key"],
    ["ssl", "on"],
  ])
    await server.sql("postgres", `ALTER SYSTEM SET ${name} = '${value}'`);
  await server.sql("postgres", "SELECT pg_reload_conf()");
  await until("TLS is on", async () => (await server.sql("postgres", "SHOW ssl"))[0]?.ssl === "on");
}

const verified = () => server.config("shop", { verifyServer: true });

test("pain 46: a server without TLS, of an unknown authority, and for another name are refused with what to do", async () => {
  await expect(postgres.test(verified(), io)).rejects.toMatchObject({ advice: expect.stringMatching(/Switch TLS on/) });
  const { host: hostname } = server.config("shop") as { host: string };
  const names = /^[\d.]+$/.test(hostname) ? `IP:${hostname}` : `DNS:${hostname}`;
  await show(authority.issue(names));
  await expect(postgres.test(verified(), io)).rejects.toMatchObject({
    advice: expect.stringMatching(/BELFRY_CA_FILE/),
  });
  setRuntimeValue("authorities", [authority.ca]);
  await until("the new certificate is shown", () =>
    postgres.test(verified(), io).then(
      () => true,
      () => false,
    ),
  );
  expect((await bytesOf(await postgres.dump(verified(), io, []))).bytes.length).toBeGreaterThan(512);
  await show(authority.issue("DNS:elsewhere.example"));
  await until("another certificate is shown", () =>
    postgres.test(verified(), io).then(
      () => false,
      () => true,
    ),
  );
  await expect(postgres.test(verified(), io)).rejects.toMatchObject({
    advice: expect.stringMatching(/by a name in the server/),
  });
  // Without the check everything is as before.
  await postgres.test(server.config("shop"), io);
});
