/** What the script notes, on the window. */
export interface EarlyClicks {
  earlyClicks?: WeakSet<Element>;
}

/**
 * Notes the clicks and the sent forms of a page that is not alive yet, which nobody else hears of. In the page itself,
 * before everything else. A button that sends its form is noted with the form alone.
 */
export function EarlyScript({ nonce }: { nonce: string }) {
  return (
    <script nonce={nonce} suppressHydrationWarning>
      {SCRIPT}
    </script>
  );
}

const SCRIPT = [
  "earlyClicks=new WeakSet",
  'addEventListener("click",e=>{let b=e.target.closest?.("button[type=button]");if(b)earlyClicks.add(b)},true)',
  'addEventListener("submit",e=>{if(!e.defaultPrevented&&e.target.method==="dialog")e.target.dataset.sentEarly=""})',
].join(";");
