// Mails in threads, as a mail client sorts them: by the ticket in the subject, else by what they answer.

const TOKEN = /\[(KL-[0-9A-Z]{4,12})\]/;

const header = (mail, name) => Object.entries(mail.headers).find(([key]) => key.toLowerCase() === name)?.[1] || "";

/**
 * The newest thread first: {key, token, subject, mails}, its mails oldest first. `received` reached the team, `sent`
 * went to the bot; each mail says so in `isOwn`. What was sent without any thread of the team's is left out.
 */
export function threadsOf(received, sent) {
  const threads = new Map();
  const keys = new Map();
  const all = [...received.map((mail) => ({ ...mail, isOwn: false })), ...sent.map((mail) => ({ ...mail, isOwn: true }))];
  for (const mail of all.sort((one, other) => one.id - other.id)) {
    const token = TOKEN.exec(mail.subject)?.[1] || null;
    const key = token || keys.get(header(mail, "in-reply-to").trim()) || `mail-${mail.id}`;
    keys.set(header(mail, "message-id").trim() || `mail-${mail.id}`, key);
    if (!threads.has(key)) {
      if (mail.isOwn) continue;
      threads.set(key, { key, token, subject: bare(mail.subject), mails: [] });
    }
    threads.get(key).mails.push(mail);
  }
  return [...threads.values()].sort((one, other) => last(other).id - last(one).id);
}

/** A subject without its token and without "Re:". */
export const bare = (subject) => subject.replace(TOKEN, "").replace(/^\s*((re|aw|fwd|wg):\s*)+/i, "").trim() || "(kein Betreff)";

export const last = (thread) => thread.mails[thread.mails.length - 1];
export const lastReceived = (thread) => thread.mails.filter((mail) => !mail.isOwn).pop();

/** What somebody wrote, and the quote below it: from "Am … schrieb …:" or the first line that begins with ">". */
export function withoutQuote(text) {
  const lines = text.split("\n");
  const start = lines.findIndex((line, index) => line.startsWith(">") || (/^Am .* schrieb .*:$/.test(line) && (lines[index + 1] || "").startsWith(">")));
  if (start < 0 || lines.slice(0, start).every((line) => !line.trim())) return [text, ""];
  return [lines.slice(0, start).join("\n").trimEnd(), lines.slice(start).join("\n")];
}

/** The beginning of a mail, for a list: without marker lines and quotes. */
export function snippet(mail) {
  const lines = withoutQuote(mail.text)[0].split("\n").filter((line) => line.trim() && !/^-{3,}/.test(line));
  return lines.join(" ").replace(/\s+/g, " ").slice(0, 140);
}

export const nameOf = (from) => from.replace(/\s*<[^>]*>\s*$/, "").replace(/^"|"$/g, "") || from;
