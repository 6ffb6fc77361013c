// Words that pass: what a tap was answered with, and what did not work.

const LASTS = 4000;
const timers = new Map();

export function toast(box, text) {
  if (!text) return;
  clearTimeout(timers.get(box));
  box.textContent = text;
  box.hidden = false;
  timers.set(box, setTimeout(() => (box.hidden = true), LASTS));
}

/** Whether the work was done; if not, the reason is shown. */
export async function attempt(box, work) {
  try {
    await work();
    return true;
  } catch (error) {
    toast(box, error.message);
    return false;
  }
}
