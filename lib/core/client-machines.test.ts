import { expect, test } from "vitest";
import { clientsOfTwoMachines, isOfOneMachine, machinesOfToken, noteMachine } from "./client-machines";

const MINUTE = 60_000;
let number = 0;

/** A client, and its machines: each says since when it is up. */
function client() {
  const id = `cli_machines_${number++}`;
  const at = (hostname: string, startedAt: number | null) => (minute: number) =>
    noteMachine(
      id,
      { hostname, uptimeSeconds: startedAt === null ? null : minute * 60 - startedAt * 60 },
      minute * MINUTE,
    );
  const isShared = (minute: number) => machinesOfToken(id, minute * MINUTE) !== null;
  return { id, at, isShared };
}

test("two machines that take turns are found, by their names or by when they were started", () => {
  for (const [one, other] of [
    [
      { host: "nas", up: -900 },
      { host: "nas-copy", up: -900 },
    ],
    [
      { host: "nas", up: -900 },
      { host: "nas", up: -5 },
    ],
    [
      { host: "nas", up: null },
      { host: "other", up: null },
    ],
  ] as const) {
    const { id, at, isShared } = client();
    const [first, second] = [at(one.host, one.up), at(other.host, other.up)];
    first(0);
    second(0.5);
    first(1);
    expect(isShared(1)).toBe(false);
    second(1.5);
    expect(isShared(1.5)).toBe(true);
    expect(clientsOfTwoMachines(1.5 * MINUTE).has(id)).toBe(true);
    expect(isOfOneMachine(id, 1.5 * MINUTE)).toBe(false);
    for (let minute = 2; minute <= 20; minute++) first(minute);
    expect(isShared(20)).toBe(false);
    expect(isOfOneMachine(id, 20 * MINUTE)).toBe(true);
  }
  const { id, at } = client();
  const [first, second] = [at("nas", -90), at("nas", -5)];
  for (const minute of [0, 1, 2]) {
    first(minute);
    second(minute + 0.5);
  }
  expect(machinesOfToken(id, 2.5 * MINUTE)).toEqual(["nas (up for 1 h 32 min)", "nas (up for 7 min 30 s)"]);
});

test("one that starts anew, gets another name, reports late or changes its name now and then is one machine", () => {
  const { at, isShared } = client();
  at("nas", -900)(0);
  at("nas", 1)(2);
  at("nas-2", 1)(3);
  at("nas-2", 4)(5);
  for (let minute = 6; minute < 40; minute++) at("nas-2", minute % 2 ? 4 : 5.5)(minute);
  expect(isShared(40)).toBe(false);
  const laptop = client();
  for (let day = 0; day < 8; day++) laptop.at(day % 2 ? "office" : "home", -10)(day * 1_440);
  expect(laptop.isShared(8 * 1_440)).toBe(false);
});

test("a client that is gone is forgotten after a day: one that comes back is watched anew", () => {
  const [gone, other] = [client(), client()];
  const again = 100 * 1_440;
  gone.at("nas", null)(again);
  gone.at("nas", null)(again + 60);
  expect(isOfOneMachine(gone.id, (again + 60) * MINUTE)).toBe(true);
  other.at("other", null)(again + 60 + 1_440);
  gone.at("nas", null)(again + 60 + 1_441);
  expect(isOfOneMachine(gone.id, (again + 60 + 1_441) * MINUTE)).toBe(false);
});
