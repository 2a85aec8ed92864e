import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "../..");
/** Transitions without a server action in them. */
const NO_ACTION = [
  "components/ui/url-param.ts",
  "components/shell/pending-page.ts",
  "app/(auth)/_components/auth-form.tsx",
];

const clientFiles = ["app", "components"]
  .flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((file) => path.join(folder, file)),
  )
  .filter((file) => /\.tsx?$/.test(file) && !file.includes(".test."))
  .map((file) => ({ file, text: readFileSync(path.join(ROOT, file), "utf8") }))
  .filter(({ text }) => !text.startsWith('"use server"'));

it("a transition of a component runs its server action through answerOf, or has none", () => {
  const bare = clientFiles
    .filter(({ text }) => text.includes("useTransition"))
    .filter(
      ({ file, text }) =>
        !text.includes("action/answer-of") && !text.includes("./answer-of") && !NO_ACTION.includes(file),
    )
    .map(({ file }) => file);
  expect(bare).toEqual([]);
});

it("no component awaits an imported server action bare: a lost connection would replace the page", () => {
  const imported = /import \{([^}]*)\} from "[^"]*\/(?:[a-z-]+-)?actions"/g;
  const bare = clientFiles.flatMap(({ file, text }) => {
    const names = [...text.matchAll(imported)].flatMap(([, list = ""]) => list.split(",").map((name) => name.trim()));
    return names
      .filter((name) => /^[a-z]\w+$/.test(name))
      .filter(
        (name) =>
          text.includes(`${name}(`) && new RegExp(`^\\s*(?:void )?${name}\\(.*\\)(?:\\.then|;$)`, "m").test(text),
      )
      .map((name) => `${file}: ${name}`);
  });
  expect(bare).toEqual([]);
});

it("no component writes the address past the router: two refreshes at once would then load the page anew, and lose what was entered", () => {
  const bare = clientFiles.filter(({ text }) => /history\.(?:replaceState|pushState)\(/.test(text));
  expect(bare.map(({ file }) => file)).toEqual([]);
});
