import { expect, it } from "vitest";
import { consoleAddressOf } from "./console-address";

it("takes an address with a host alone, and leaves a slash at its end away", () => {
  expect(consoleAddressOf("https://backup.example/")).toBe("https://backup.example");
  expect(consoleAddressOf("http://10.0.0.5:4000")).toBe("http://10.0.0.5:4000");
  for (const wrong of ["backup.example", "ftp://backup.example", "https://backup.example/x", "https://a:b@c.example"]) {
    expect(consoleAddressOf(wrong), wrong).toBeNull();
  }
});
