import { describe, expect, it } from "vitest";
import { isUsed, usedByText } from "./used-by";

const nobody = { jobs: [], isGlobal: false, overrides: [] };

describe("who uses a channel", () => {
  it("says when nobody does", () => {
    expect(usedByText(nobody)).toBe("nothing yet");
    expect(isUsed(nobody)).toBe(false);
  });

  it("names jobs, the global list and overrides", () => {
    const users = {
      jobs: [{ id: "a", name: "A" }],
      isGlobal: true,
      overrides: [{ type: "user.login", name: "User Login" }],
    };
    expect(usedByText(users)).toBe("1 job, global channel, User Login");
    expect(isUsed(users)).toBe(true);
  });
});
