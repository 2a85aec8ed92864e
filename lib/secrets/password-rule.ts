import { sharedState } from "@/lib/core/runtime";

export const PASSWORD_MIN = 10;
export const PASSWORD_MAX = 200;

/** With fewer guesses than this a password is found soon by a program that has its hash, and perhaps by a patient one without it. */
const GUESSES_MIN = 1e9;
/** What is judged: the estimate takes longer than linear time. */
const JUDGED_CHARACTERS = 40;

const GUESSABLE =
  "This password is too easy to guess. Common passwords, sequences, repeated letters, your name and your mail address are tried first. Three or more unrelated words work well.";

/** Whose password it is to be. */
export interface PasswordOwner {
  name: string;
  email: string;
}

/**
 * Returns what is wrong with a new password, in a sentence; null when it is acceptable. How many guesses it takes is
 * estimated by zxcvbn, from the 50,000 most common passwords, keyboard rows, sequences, repeats, dates and what is
 * known of its owner.
 */
export async function passwordProblem(password: string, { name, email }: PasswordOwner): Promise<string | null> {
  const letters = [...password];
  if (letters.length < PASSWORD_MIN) return `Use at least ${PASSWORD_MIN} characters.`;
  if (letters.length > PASSWORD_MAX) return `Use at most ${PASSWORD_MAX} characters.`;
  const known = [name, email, email.split("@")[0] ?? ""].flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u)]);
  const judged = letters.slice(0, JUDGED_CHARACTERS).join("");
  const { guesses } = (await estimator()).check(judged, [...known.filter((word) => word.length > 2), "belfry"]);
  return guesses < GUESSES_MIN ? GUESSABLE : null;
}

/** Loaded when the first password is set: its lists take some megabytes. */
const estimator = () => sharedState("password.estimator", loadEstimator);

async function loadEstimator() {
  const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
  ]);
  return new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
}
