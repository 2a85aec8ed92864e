// What is printed. A line is a figure, its ratio to a raw limit of the same run where there is one, and what is wanted.

const lines = [];

/** @param isMet none: nothing is asked of this figure */
export function printRow(figure, value, { ratio, wanted = "", isMet } = {}) {
  const line = {
    figure,
    value,
    ratio: ratio === undefined ? "" : ratio.toFixed(2),
    wanted,
    verdict: isMet === undefined ? "" : isMet ? "yes" : "NO",
  };
  lines.push(line);
  process.stdout.write(`${draw(line)}\n`);
}

export function heading(text) {
  process.stdout.write(`\n${text}\n${"-".repeat(118)}\n`);
}

/** Under the headings' names. */
export function titles() {
  process.stdout.write(
    `${draw({ figure: "", value: "measured", ratio: "ratio", wanted: "wanted", verdict: "met" })}\n`,
  );
}

function draw({ figure, value, ratio, wanted, verdict }) {
  return [figure.padEnd(46), value.padStart(26), ratio.padStart(7), `  ${wanted.padEnd(32)}`, verdict]
    .join(" ")
    .trimEnd();
}

/** How many of the wanted figures were met. */
export function summary() {
  const asked = lines.filter(({ verdict }) => verdict);
  const missed = asked.filter(({ verdict }) => verdict === "NO");
  process.stdout.write(`\n${asked.length - missed.length} of ${asked.length} wanted figures were met.\n`);
  for (const { figure, value, wanted } of missed)
    process.stdout.write(`  not met: ${figure}: ${value}; wanted ${wanted}\n`);
}

export const perSecond = (value) => `${Math.round(value).toLocaleString("en")}/s`;
export const inMs = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
export const inSeconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
export const inMegabytes = (value) => `${Math.round(value)} MB`;
