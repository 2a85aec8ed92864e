import { ADMIN } from "./program.mjs";

/** Signs in the administrator. @returns the session's cookie */
export const signIn = (program) => signInAs(program, ADMIN);

/** Signs in by the form of the login page, as a browser without JavaScript does. @returns the session's cookie */
export async function signInAs(program, { email, password }) {
  const html = await (await fetch(`${program.url}/login`)).text();
  const form = new FormData();
  for (const [input] of html.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
    const read = (name) => new RegExp(` ${name}="([^"]*)"`).exec(input)?.[1] ?? "";
    form.set(read("name"), read("value").replaceAll("&quot;", '"').replaceAll("&#x27;", "'").replaceAll("&amp;", "&"));
  }
  form.set("email", email);
  form.set("password", password);
  const options = { method: "POST", body: form, headers: { origin: program.url }, redirect: "manual" };
  const answer = await fetch(`${program.url}/login`, options);
  const cookie = answer.headers.getSetCookie().find((each) => each.startsWith("belfry-session="));
  if (!cookie) throw new Error(`The sign-in was answered with ${answer.status} and no session.`);
  return cookie.split(";")[0];
}
