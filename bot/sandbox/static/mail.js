// The staff mailbox: threads, the mails in one of them, and the reply.

import * as api from "./api.js";
import { $, briefOf, keepInStep, make } from "./dom.js";
import { letter } from "./letter.js";
import { isBegun, replyForm } from "./reply.js";
import { last, lastReceived, snippet, threadsOf } from "./threads.js";

let threads = [];
let chosen = null;
let answering = null;
const read = new Set();
let fresh = new Set(); // what was unread when the thread was opened

export async function refresh() {
  const [received, sent] = await Promise.all([api.mails(), api.sentMails()]);
  threads = threadsOf(received, sent);
  draw();
}

const current = () => threads.find((thread) => thread.key === chosen) || null;
const isUnread = (thread) => thread.mails.some((mail) => !mail.isOwn && !read.has(mail.id));

function draw() {
  const open = current();
  if (open) for (const mail of open.mails) read.add(mail.id);
  drawList();
  $("mail-body").classList.toggle("bare", threads.length === 0);
  $("mail-body").classList.toggle("reading", open !== null || threads.length === 0);
  if (open) drawThread(open);
  else if (threads.length === 0) drawNothing("Noch keine E-Mail", "Fragt links jemand etwas, das der Bot nicht sicher weiß, erscheint die Frage hier. Ihre Antwort per E-Mail geht zurück in den Chat.");
  else drawNothing("Kein Vorgang ausgewählt", "Wählen Sie einen Vorgang aus der Liste.");
}

function drawList() {
  const unread = threads.filter(isUnread).length;
  $("mail-count").textContent = String(unread);
  $("mail-count").hidden = unread === 0;
  $("mail-count").setAttribute("aria-label", `${unread} ungelesen`);
  $("mails").hidden = threads.length === 0;
  keepInStep($("mails"), threads.map(summary), (one) => one.key, row, true);
}

/** What the list shows of a thread. */
function summary(thread) {
  const newest = last(thread);
  return {
    key: thread.key,
    token: thread.token,
    subject: thread.subject,
    date: newest.date,
    snippet: `${newest.isOwn ? "Antwort: " : ""}${snippet(newest)}`,
    count: thread.mails.length,
    isNew: isUnread(thread),
    isDone: thread.mails.some((mail) => mail.isOwn),
    isOpen: thread.key === chosen,
  };
}

function row(one) {
  return make(
    "li",
    {},
    make(
      "button",
      { type: "button", class: one.isNew ? "new" : "", "aria-current": one.isOpen ? "true" : null, onclick: () => choose(one.key) },
      make("span", { class: "subject" }, one.isNew && make("span", { class: "sr" }, "Neu: "), one.subject),
      make("time", { datetime: one.date }, briefOf(new Date(one.date))),
      make("span", { class: "snippet" }, one.snippet),
      make(
        "span",
        { class: "marks" },
        one.token && make("span", { class: "token" }, one.token),
        one.count > 1 && make("span", {}, `${one.count} E-Mails`),
        one.isDone && make("span", { class: "done" }, "↩ beantwortet"),
      ),
    ),
  );
}

function choose(key) {
  chosen = key;
  fresh = new Set(current().mails.filter((mail) => !mail.isOwn && !read.has(mail.id)).map((mail) => mail.id));
  $("reader").replaceChildren();
  answering = null;
  draw();
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

/** Adds what is new and leaves what is there as it is: an unfolded mail, half a reply. */
function drawThread(thread) {
  const reader = $("reader");
  if (!reader.querySelector(".letters")) {
    delete reader.dataset.empty;
    reader.replaceChildren(head(thread), make("div", { class: "letters", role: "log", "aria-label": "E-Mails des Vorgangs" }));
  }
  const list = reader.querySelector(".letters");
  const isFirst = list.childElementCount === 0;
  const isOpen = (mail) => !isFirst || fresh.has(mail.id) || mail === last(thread) || mail === lastReceived(thread);
  keepInStep(list, thread.mails, (mail) => mail.id, (mail) => letter(mail, isOpen(mail)));
  offerReply(thread);
}

function head(thread) {
  return make(
    "div",
    { class: "reader-head" },
    make("button", { type: "button", class: "quiet back", onclick: goBack }, "← Alle Vorgänge"),
    make("h3", {}, thread.subject),
    thread.token && make("span", { class: "token" }, thread.token),
    make("button", { type: "button", class: "primary", onclick: toReply }, "Antworten"),
  );
}

/** The reply goes to the newest mail, but never while somebody writes one to an older. */
function offerReply(thread) {
  const mail = lastReceived(thread);
  if (answering && (answering.id === mail.id || isBegun(answering))) return;
  answering = mail;
  $("reader").querySelector("form.reply")?.remove();
  $("reader").append(replyForm(mail));
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

