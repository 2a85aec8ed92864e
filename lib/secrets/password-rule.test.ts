import { expect, test } from "vitest";
import { startCpuTime } from "@/e2e/support/cpu-time";
import { passwordProblem } from "./password-rule";

const ana = { name: "Ana Example", email: "ana.muster@example.org" };

test.each([
  ["short", /at least 10/],
  ["x".repeat(201), /at most 200/],
])("refuses the length of %s", async (password, expected) => {
  expect(await passwordProblem(password, ana)).toMatch(expected);
});

test.each([
  "1234567890",
  "0987654321",
  "12345678901234567890",
  "abcdefghijkl",
  "qwertyuiop",
  "asdfghjkl1",
  "1q2w3e4r5t",
  "Password123!",
  "P@ssw0rd1234",
  "Passw0rd!Passw0rd!",
  "changeme123",
  "administrator",
  "iloveyou12",
  "monkeydragon1",
  "Sommer2024!",
  "aaaaaaaaaaaa",
  "aabbaabbaabb",
  "x".repeat(200),
  "Ana.Muster@Example.org",
  "ana.muster1",
  "AnaMuster2024",
  "example ana",
  "belfry1234",
])("fault E14: %s is no password, and the refusal states the rule", async (password) => {
  expect(await passwordProblem(password, ana)).toBe(
    "This password is too easy to guess. Common passwords, sequences, repeated letters, your name and your mail address are tried first. Three or more unrelated words work well.",
  );
});

test.each([
  "correct horse battery",
  "another good one",
  "密码密码一二三四五六七八",
  "pa\u0308sswo\u0308rter viel",
  "tJ7#kq!2Lz",
  "a few words that only Ana knows",
  `${"correct horse battery ".repeat(9)}`,
])("%s has no problem", async (password) => {
  expect(await passwordProblem(password, ana)).toBeNull();
});

test("the longest passwords of the kinds that take longest to judge take no noticeable time", async () => {
  await passwordProblem("correct horse battery", ana);
  for (const part of ["p4$$w0rd", "@4({[<36!10$57%2", "aAbBcC", "1!i|", "20240101"]) {
    const password = part.repeat(200).slice(0, 200);
    const cpuTime = startCpuTime();
    await passwordProblem(password, { name: part.repeat(10), email: `${part.replaceAll("@", "")}@example.org` });
    expect([part, cpuTime() < 1_000]).toEqual([part, true]);
  }
});
