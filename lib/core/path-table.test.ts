import { expect, test } from "vitest";
import { PathTable } from "./path-table";

function tableOf(...templates: string[]): PathTable<string> {
  const table = new PathTable<string>();
  for (const template of templates) table.register(template, () => template);
  return table;
}
const table = tableOf(
  "/metrics",
  "/channels",
  "/channels/{id}",
  "/channels/{id}/test",
  "/channels/test",
  "/channels/draft/{part}",
  "/in/{token}/{...rest}",
  "/in/{token}/status",
);

test.each([
  ["/metrics", "/metrics", {}],
  ["/channels", "/channels", {}],
  ["/channels/chn_1", "/channels/{id}", { id: "chn_1" }],
  ["/channels/chn_1/", "/channels/{id}", { id: "chn_1" }],
  ["/channels/test", "/channels/test", {}],
  ["/channels/test/test", "/channels/{id}/test", { id: "test" }],
  ["/channels/draft/test", "/channels/draft/{part}", { part: "test" }],
  ["/channels/a%2Fb%20c", "/channels/{id}", { id: "a/b c" }],
  ["/channels/%C3%BC%00", "/channels/{id}", { id: "ü\0" }],
  ["/in/t/a/b%20c/", "/in/{token}/{...rest}", { token: "t", rest: "a/b c/" }],
  ["/in/t", "/in/{token}/{...rest}", { token: "t", rest: "" }],
  ["/in/t/", "/in/{token}/{...rest}", { token: "t", rest: "" }],
  ["/channels/{id}", "/channels/{id}", { id: "{id}" }],
  ["/in/t/status", "/in/{token}/status", { token: "t" }],
])("%s is %s", (path, value, params) => {
  expect(table.find(path)).toEqual({ value, params });
});

test.each([
  "/",
  "",
  "/metrics/",
  "/metric",
  "/channels/",
  "/channels//",
  "/channels/a//",
  "/channels/a/b",
  "/channels//test",
  "/in",
  "/in/",
  "/in//x",
  "/__proto__/x",
])("nothing is registered for %j", (path) => {
  expect(table.find(path)).toBeNull();
});

test.each(["/channels/%", "/channels/%ff", "/in/t/%E0%A4%A", `/channels/${"x".repeat(1_001)}`])(
  "a parameter that cannot be read is refused: %.20s",
  (path) => {
    expect(() => table.find(path)).toThrow(expect.objectContaining({ code: "invalid" }));
  },
);

test("a template is registered once, and must begin with a literal segment", () => {
  const one = tableOf("/a/{id}");
  expect(one.register("/a/{id}", () => "again")).toBe("/a/{id}");
  expect(() => tableOf("/{any}")).toThrow("literal");
});
