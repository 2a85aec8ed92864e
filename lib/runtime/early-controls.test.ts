import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { filesBelow, isTestFile } from "./source-files";

/** By file: what draws a control of its own, and why it needs not hear what a person did before the script was there. */
const ALLOWED: Record<string, string> = {
  "app/(auth)/_components/auth-form.tsx <form": "sent by the browser itself when there is no script",
  "components/ui/script-form.tsx <form": "is what all others use",
  "components/shell/palette-dialog.tsx <input": "drawn by the script alone",
};
const ALIVE = /useEarlyInput|useEarlyClick/;

test("what a person enters or sends before the script of a page is there is not lost: no form or control of its own", () => {
  const found = ["app", "components"]
    .flatMap((room) => filesBelow(room, /\.tsx$/))
    .filter((file) => !isTestFile(file))
    .flatMap((file) => {
      const text = readFileSync(file, "utf8").replaceAll(/<input[^>]*type="hidden"|<input[^>]*\shidden/g, "");
      const own = text.match(/<(?:form|input|select|textarea)(?=\s)/g) ?? [];
      return own.filter((tag) => tag === "<form" || !ALIVE.test(text)).map((tag) => `${file} ${tag}`);
    });
  expect([...new Set(found)].toSorted()).toEqual(Object.keys(ALLOWED).toSorted());
});
