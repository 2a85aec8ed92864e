// Loaded before a program: its clock is wrong by TEST_CLOCK_AHEAD_MS, until it gets SIGUSR2.
const RealDate = Date;
let aheadMs = Number(process.env.TEST_CLOCK_AHEAD_MS ?? 0);
process.on("SIGUSR2", () => {
  aheadMs = 0;
});
globalThis.Date = class ShiftedDate extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + aheadMs);
    else super(...args);
  }

  // Next copies what the class itself has.
  static UTC = RealDate.UTC;
  static parse = RealDate.parse;

  static now() {
    return RealDate.now() + aheadMs;
  }
};
