// The reply at the end of a thread: the original quoted below an empty line, as a mail client offers it.

import * as api from "./api.js";
import { make } from "./dom.js";
import { encoded } from "./files.js";

const SENDERS = [
  ["Team KL.digital <info@kl.digital>", "Team (info@kl.digital)"],
  ["Anna Acker <anna.acker@kl.digital>", "Kollegin Anna Acker (anna.acker@kl.digital)"],
  ["Jemand Fremdes <jemand@example.org>", "Jemand Fremdes (jemand@example.org), wird zurückgehalten"],
];
const HINT = "Schreiben Sie über das Zitat. Der Bot schneidet es ab.";

const drafts = new Map();

/** A form that answers this mail. What was typed is kept until it is sent. */
export function replyForm(mail) {
  const text = make("textarea", { rows: 9, required: true, spellcheck: "true" });
  const sender = make("select", {}, ...SENDERS.map(([value, label]) => make("option", { value }, label)));
  const chosen = make("input", { type: "file", multiple: true, id: `files-${mail.id}` });
  const names = make("span", {});
  const showNames = () => (names.textContent = [...chosen.files].map((file) => file.name).join(", "));
  const note = make("p", { class: "note", role: "status" }, HINT);
  const send = make("button", { type: "submit", class: "primary" }, "Antwort senden");
  const form = make(
    "form",
    { class: "reply", "aria-label": "Auf diese E-Mail antworten" },
    make("label", {}, "Absender", sender),
    make("label", {}, "Antwort", text),
    make("div", { class: "choose" }, make("label", { for: chosen.id }, "Dateien anhängen"), chosen, names),
    make("div", { class: "row" }, note, send),
  );
  fill(text, mail);
  chosen.addEventListener("change", showNames);
  text.addEventListener("input", () => drafts.set(mail.id, text.value));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    await deliver(mail, { text, sender, chosen, note });
    showNames();
    send.disabled = false;
  });
  return form;
}

/** Whether somebody has begun to answer this mail. */
export const isBegun = (mail) => drafts.has(mail.id);

/** Puts the offered text in, unless somebody was faster, with the caret above the quote. */
async function fill(text, mail) {
  if (drafts.has(mail.id)) return void (text.value = drafts.get(mail.id));
  const { quote } = await api.draft(mail.id);
  if (drafts.has(mail.id) || text.value) return;
  text.value = `\n\n${quote}\n`;
  text.setSelectionRange(0, 0);
  text.scrollTop = 0;
}

async function deliver(mail, { text, sender, chosen, note }) {
  try {
    await api.reply(mail.id, text.value, sender.value, await Promise.all([...chosen.files].map(encoded)));
    drafts.delete(mail.id);
    text.value = chosen.value = "";
    say(note, "good", "Gesendet. Was der Bot damit macht, sehen Sie links im Chat oder, wenn er sie zurückhält, hier im Postfach.");
    await fill(text, mail);
  } catch (error) {
    say(note, "error", error.status === 409 ? "Der Mailserver nimmt gerade nichts an. Ihr Text bleibt hier stehen." : error.message);
  }
}

function say(note, kind, words) {
  note.className = `note ${kind}`;
  note.textContent = words;
}
