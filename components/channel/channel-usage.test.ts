import { describe, expect, it } from "vitest";
import { describeUsage, isUsed } from "./channel-usage";

const unused = { jobs: [], profiles: [], isGlobal: false, isFallback: false, overrides: [] };

describe("usage of a channel", () => {
  it("says when nothing uses it", () => {
    expect(describeUsage(unused)).toBe("not used");
    expect(isUsed(unused)).toBe(false);
  });

  it("names jobs, the global list and overrides", () => {
    const users = {
      jobs: [{ id: "a", name: "A" }],
      profiles: [{ id: "p", name: "P" }],
      isGlobal: true,
      isFallback: false,
      overrides: [{ type: "user.login", name: "User Login" }],
    };
    expect(describeUsage(users)).toBe("1 job, 1 profile, global channel, User Login");
    expect(isUsed(users)).toBe(true);
  });
});
