import { sleep } from "./measure.mjs";

/**
 * How long a request that asks for nothing waits at most while something is done, milliseconds: what holds it up is the event
 * loop, or a machine that has more to do than it can.
 * @param urls of what is asked, at the same time
 */
export async function longestWaitsDuring(urls, work) {
  let isOver = false;
  const ask = async (url) => {
    let longest = 0;
    while (!isOver) {
      const began = performance.now();
      await (await fetch(url)).text();
      longest = Math.max(longest, performance.now() - began);
      await sleep(2);
    }
    return longest;
  };
  const asking = urls.map(ask);
  await work();
  isOver = true;
  return Promise.all(asking);
}
