/** What is read from the words of a mail. `done`: it says that something ended, not how. */
export type MailVerdict = "failure" | "warning" | "success" | "done";

/** In the languages that appliances write their mails in. */
const VERDICTS: ReadonlyMap<string, MailVerdict> = new Map([
  ...verdicts(
    "failure",
    `fail fails failed failing failure failures error errors fatal critical abort aborted unsuccessful unsuccessfully incomplete
    crashed interrupted canceled cancelled timeout denied unable cannot can't couldn't missed fehler fehlgeschlagen abgebrochen
    misslungen gescheitert échec échoué échouée erreur erreurs fallo falló fallido fallida error errores erro erros falha falhou
    fallito fallita errore errori mislukt fout fouten`,
  ),
  ...verdicts(
    "warning",
    `warning warnings warn partial partially degraded skipped exceptions warnung warnungen teilweise avertissement avertissements
    partiel partiellement advertencia advertencias parcialmente avviso avvisi parzialmente waarschuwing waarschuwingen aviso avisos`,
  ),
  ...verdicts(
    "success",
    `success successful successfully succeeded ok erfolgreich réussi réussie succès éxito exitoso exitosa correctamente sucesso
    successo riuscito riuscita geslaagd`,
  ),
  ...verdicts(
    "done",
    `complete completed completes finish finished done abgeschlossen beendet fertig terminé terminée completado completada
    concluído concluída finalizado completato completata voltooid`,
  ),
]);
const NONE: ReadonlySet<string> = new Set(
  "no 0 zero without keine kein ohne aucune aucun sans sin ningún sem nessun geen".split(" "),
);
const NOT: ReadonlySet<string> = new Set(
  "not never without no didn't wasn't isn't hasn't nicht nie kein keine ohne pas non não geen niet".split(" "),
);
/** So many words before another one negate it. */
const REACH = 3;
/** Read of a text, from each of its ends. */
const READ_CHARS = 64 * 1024;
const RANK: Record<MailVerdict, number> = { failure: 3, warning: 2, success: 1, done: 0 };

function verdicts(verdict: MailVerdict, words: string): [string, MailVerdict][] {
  return words.split(/\s/).flatMap((word) => (word === "" ? [] : [[word, verdict]]));
}

/**
 * The worst that the words of a text say; null for none of them. `0 errors` is no failure, `not completed` is one.
 * @param isLog names of files and options are passed over: `error.log`, `--on-error`
 */
export function mailVerdict(text: string, { isLog = false } = {}): MailVerdict | null {
  let worst: MailVerdict | null = null;
  const read = text.length <= 2 * READ_CHARS ? text : `${text.slice(0, READ_CHARS)}\n${text.slice(-READ_CHARS)}`;
  for (const line of read.toLowerCase().replaceAll("’", "'").split("\n")) {
    // A sentence at a time: what one denies says nothing about the next.
    for (const sentence of line.split(/[!?;]|\.(?!\S)/)) worst = worseOf(worst, sentenceVerdict(sentence, isLog));
    if (worst === "failure") break;
  }
  return worst;
}

function sentenceVerdict(sentence: string, isLog: boolean): MailVerdict | null {
  let worst: MailVerdict | null = null;
  const words = [...sentence.matchAll(/[\p{L}\p{N}']+/gu)].map((match) => ({ word: match[0], at: match.index }));
  for (const [index, { word, at }] of words.entries()) {
    const verdict = VERDICTS.get(word);
    if (!verdict || (isLog && isPartOfName(sentence, at, word.length))) continue;
    const before = words.slice(Math.max(0, index - REACH), index).map((one) => one.word);
    worst = worseOf(worst, weigh(verdict, before, isZero(sentence.slice(at + word.length))));
  }
  return worst;
}

/** @param before the words in front of it @param isNone nothing of it was counted: `errors: 0` */
function weigh(verdict: MailVerdict, before: string[], isNone: boolean): MailVerdict | null {
  if (verdict === "success" || verdict === "done") return before.some((word) => NOT.has(word)) ? "failure" : verdict;
  return isNone || before.slice(-2).some((word) => NONE.has(word)) ? null : verdict;
}

function isZero(rest: string): boolean {
  return /^\s{0,20}[:=]\s{0,20}(?:0|none|no)\s{0,20}(?:$|[,;|)])/.test(rest);
}

function isPartOfName(sentence: string, at: number, length: number): boolean {
  return (
    /[\p{L}\p{N}/\\._-]/u.test(sentence[at - 1] ?? " ") ||
    /^(?:[/\\_-]|\.[\p{L}\p{N}])/u.test(sentence.slice(at + length))
  );
}

function worseOf(one: MailVerdict | null, other: MailVerdict | null): MailVerdict | null {
  if (one === null || other === null) return one ?? other;
  return RANK[one] >= RANK[other] ? one : other;
}
