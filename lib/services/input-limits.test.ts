import { expect, test } from "vitest";
import { allDestinations, allSources } from "@/lib/jobs/registry";
import { allProviders } from "@/lib/providers/registry";
import { OPERATIONS } from "./openapi/operations";
import { allVerbs } from "./testing/all-verbs";
import { unlimitedInForm, unlimitedPlaces } from "./testing/unlimited";

const operations = OPERATIONS.map(({ method, path, verb, body }) => [`${method} ${path}`, body ?? verb.input] as const);
const bodies = new Set(OPERATIONS.filter(({ body }) => body).map(({ verb }) => verb.name));
const verbs = (await allVerbs())
  .filter(({ name }) => !bodies.has(name))
  .map(({ name, input }) => [name, input] as const);
const forms = [...allProviders(), ...allSources(), ...allDestinations()].map(
  (kind) => [`${kind.label} (${kind.id})`, kind.formSchema()] as const,
);

/** What another limit holds: the form of the kind, which is tested below, and the size of the file. */
const LIMITED_ELSEWHERE = [/^(.+\.)?config\{\}: anything$/, /^file: anything$/];
const unlimited = (places: string[]) =>
  places.filter((place) => !LIMITED_ELSEWHERE.some((pattern) => pattern.test(place)));

test.each([...verbs, ...operations])("fault E14: every text, list, record and number of %s has a limit", (_, input) => {
  expect(unlimited(unlimitedPlaces(input))).toEqual([]);
});

test.each(forms)("fault E14: every field of the form of %s has a limit", (_, form) => {
  expect(unlimited(unlimitedInForm(form))).toEqual([]);
});
