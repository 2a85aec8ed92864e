"use client";

import type { InboxPreferences } from "@/lib/core/inbox";
import { firstLine, type InboxItem } from "./entry";

/** Seconds, and hertz: two short notes, the second higher. */
const NOTES = [
  { at: 0, pitch: 660 },
  { at: 0.12, pitch: 880 },
];
const NOTE_SECONDS = 0.18;
const LOUDNESS = 0.08;

/** Says that an entry is new, as the user wants it. What the browser does not permit is left out. */
export function announceEntry(entry: InboxItem, { browser, sound }: InboxPreferences): void {
  if (browser) showInBrowser(entry);
  if (sound) playTone();
}

/** A notification of the browser; a click on it leads to the entry. */
function showInBrowser({ id, title, message }: InboxItem): void {
  if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
  try {
    const shown = new Notification(title, { body: firstLine(message), tag: id });
    shown.onclick = () => {
      window.focus();
      window.location.assign(`/notifications/${id}`);
    };
  } catch {
    // Browsers of phones show notifications from service workers only.
  }
}

/** A short tone that the browser makes. */
export function playTone(): void {
  if (typeof AudioContext === "undefined") return;
  const context = new AudioContext();
  const start = context.currentTime;
  for (const { at, pitch } of NOTES) {
    const note = context.createOscillator();
    const loudness = context.createGain();
    note.frequency.value = pitch;
    loudness.gain.setValueAtTime(LOUDNESS, start + at);
    loudness.gain.exponentialRampToValueAtTime(0.001, start + at + NOTE_SECONDS);
    note.connect(loudness).connect(context.destination);
    note.start(start + at);
    note.stop(start + at + NOTE_SECONDS);
  }
  setTimeout(() => void context.close(), 1_000);
}
