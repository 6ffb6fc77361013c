// The right side: the staff mailbox.

import * as api from "./api.js";
import { $, briefOf, fullOf, keepInStep, make } from "./dom.js";

const SENDERS = [
  ["Team KL.digital <info@kl.digital>", "Team (info@kl.digital)"],
  ["Anna Acker <anna.acker@kl.digital>", "Kollegin Anna Acker (anna.acker@kl.digital)"],
  ["Jemand Fremdes <jemand@example.org>", "Jemand Fremdes (jemand@example.org), wird zurückgehalten"],
];

let list = [];
let chosen = null;
const read = new Set();
const answered = new Set();
const drafts = {};

export async function refresh() {
  list = (await api.mails()).reverse();
  draw();
}

function draw() {
  $("mail-count").textContent = String(list.length);
  $("mail-count").setAttribute("aria-label", `${list.length} E-Mails`);
  const items = list.map((mail) => ({ ...mail, headers: {}, isNew: !read.has(mail.id), isDone: answered.has(mail.id), isOpen: mail.id === chosen }));
  keepInStep($("mails"), items, (mail) => mail.id, row, true);
  $("mails").hidden = list.length === 0;
  if (list.length === 0) drawNothing("Noch keine E-Mail", "Fragt links jemand etwas, das der Bot nicht sicher weiß, erscheint die Frage hier. Ihre Antwort per E-Mail geht zurück in den Chat.");
  else if (chosen === null) drawNothing("Keine E-Mail ausgewählt", "Wählen Sie eine E-Mail aus der Liste.");
  $("mail-body").classList.toggle("bare", list.length === 0);
  $("mail-body").classList.toggle("reading", chosen !== null || list.length === 0);
}

const nameOf = (from) => from.replace(/\s*<[^>]*>\s*$/, "").replace(/^"|"$/g, "") || from;

function row(mail) {
  return make(
    "li",
    {},
    make(
      "button",
      { type: "button", class: mail.isNew ? "new" : "", "aria-current": mail.isOpen ? "true" : null, onclick: () => choose(mail.id) },
      make("span", { class: "from" }, mail.isNew && make("span", { class: "sr" }, "Neu: "), nameOf(mail.from)),
      make("time", { datetime: mail.date }, briefOf(new Date(mail.date))),
      make("span", { class: "subject" }, mail.subject || "(kein Betreff)"),
      make("span", { class: "snippet" }, mail.text.slice(0, 160).replace(/\s+/g, " ")),
      mail.isDone && make("span", { class: "done" }, "✓ beantwortet"),
    ),
  );
}

function choose(id) {
  chosen = id;
  read.add(id);
  draw();
  drawReader(list.find((mail) => mail.id === id));
  $("reader").scrollTop = 0;
  $("reader").focus({ preventScroll: true });
}

function drawNothing(title, words) {
  if ($("reader").dataset.empty === title) return;
  $("reader").dataset.empty = title;
  $("reader").replaceChildren(make("div", { class: "mail-empty" }, envelope(), make("strong", {}, title), make("p", {}, words)));
}

function envelope() {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", width: 52, height: 52, fill: "none", stroke: "currentColor", "stroke-width": 1.3, "aria-hidden": "true" })) {
    picture.setAttribute(name, value);
  }
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", "M3.5 6.5h17v11h-17zM3.5 7l8.5 6.5L20.5 7");
  picture.append(path);
  return picture;
}

function drawReader(mail) {
  delete $("reader").dataset.empty;
  const headers = [["Von", mail.from], ["An", mail.to], ["Datum", fullOf(new Date(mail.date))]];
  const technical = Object.entries(mail.headers).map(([name, value]) => `${name}: ${value}`).join("\n");
  $("reader").replaceChildren(
    make("button", { type: "button", class: "quiet small back", onclick: goBack }, "← Alle E-Mails"),
    make(
      "div",
      { class: "reader-head" },
      make("h3", {}, mail.subject || "(kein Betreff)"),
      make("button", { type: "button", class: "primary", onclick: toReply }, "Antworten"),
    ),
    make("dl", {}, ...headers.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)])),
    make("pre", { class: "letter" }, mail.text),
    ...mail.attachments.map((file) => make("p", { class: "note" }, `Anhang: ${file.name} (${file.type}, ${file.size} Bytes)`)),
    replyForm(mail),
    make("details", {}, make("summary", {}, "Alle Kopfzeilen"), make("pre", {}, technical)),
  );
}

function toReply() {
  const field = $("reader").querySelector("textarea");
  field.scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
}

function goBack() {
  chosen = null;
  draw();
  $("mails").querySelector("button")?.focus();
}

function replyForm(mail) {
  const text = make("textarea", { rows: 4, required: true, placeholder: "Guten Tag, …" });
  text.value = drafts[mail.id] || "";
  text.addEventListener("input", () => (drafts[mail.id] = text.value));
  const sender = make("select", {}, ...SENDERS.map(([value, label]) => make("option", { value }, label)));
  const note = make("p", { class: "note", role: "status" }, "Unter Ihrem Text steht, wie in jedem Mailprogramm, das Zitat der Frage. Der Bot schneidet es ab.");
  const send = make("button", { type: "submit", class: "primary" }, "Antwort senden");
  const form = make(
    "form",
    { class: "reply" },
    make("label", {}, "Antwort", text),
    make("label", {}, "Absender", sender),
    make("div", { class: "row" }, note, send),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    try {
      await api.reply(mail.id, text.value, sender.value);
      answered.add(mail.id);
      delete drafts[mail.id];
      text.value = "";
      say(note, "good", "Gesendet. Was der Bot damit macht, sehen Sie links im Chat oder, wenn er sie zurückhält, hier im Postfach.");
      draw();
    } catch (error) {
      say(note, "error", error.status === 409 ? "Der Mailserver nimmt gerade nichts an. Ihr Text bleibt hier stehen." : error.message);
    }
    send.disabled = false;
  });
  return form;
}

function say(note, kind, words) {
  note.className = `note ${kind}`;
  note.textContent = words;
}
