// One mail of a thread, as a mail client shows it: as a page, as plain text, or as it came.

import * as api from "./api.js";
import { briefOf, fileLink, fullOf, make } from "./dom.js";
import { nameOf, snippet, withoutQuote } from "./threads.js";

// Without scripts; the same origin only so that its height can be measured.
const SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox";
const SCROLLBAR = 18; // room for one below a mail that is too wide
const VIEWS = { page: "Gestaltet", text: "Nur Text", raw: "Quelltext" };

/** `isOpen`: whether it is unfolded at first. Its own state (unfolded, view) lives in the element. */
export function letter(mail, isOpen) {
  const body = make("div", { class: "letter-body", id: `letter-${mail.id}` });
  const views = viewSwitch(mail, (view) => show(body, mail, view));
  const fold = make(
    "button",
    { type: "button", class: "fold", "aria-expanded": String(isOpen), "aria-controls": body.id },
    make("span", { class: mail.isOwn ? "avatar own" : "avatar", "aria-hidden": "true" }, initials(mail)),
    make("span", { class: "letter-from" }, make("strong", {}, nameOf(mail.from)), make("span", { class: "letter-to" }, ` an ${nameOf(mail.to)}`)),
    make("time", { datetime: mail.date, title: fullOf(new Date(mail.date)) }, briefOf(new Date(mail.date))),
    make("span", { class: "letter-snippet" }, snippet(mail)),
  );
  const card = make("section", { class: mail.isOwn ? "letter own" : "letter", "aria-label": `E-Mail von ${nameOf(mail.from)}, ${fullOf(new Date(mail.date))}` }, fold, views, body);
  let isDrawn = false;
  const unfold = (open) => {
    fold.setAttribute("aria-expanded", String(open));
    card.classList.toggle("folded", !open);
    views.hidden = body.hidden = !open;
    if (open && !isDrawn) show(body, mail, mail.html ? "page" : "text");
    isDrawn ||= open;
  };
  fold.addEventListener("click", () => unfold(fold.getAttribute("aria-expanded") !== "true"));
  unfold(isOpen);
  return card;
}

const initials = (mail) => nameOf(mail.from).split(/[\s.@]+/).slice(0, 2).map((word) => word.charAt(0).toUpperCase()).join("");

function viewSwitch(mail, choose) {
  const names = Object.keys(VIEWS).filter((view) => view !== "page" || mail.html);
  const buttons = names.map((view, index) =>
    make("button", { type: "button", "aria-pressed": String(index === 0), onclick: (event) => {
      for (const button of buttons) button.setAttribute("aria-pressed", String(button === event.currentTarget));
      choose(view);
    } }, VIEWS[view]),
  );
  return make("div", { class: "views", role: "group", "aria-label": "Ansicht der E-Mail" }, ...buttons);
}

async function show(body, mail, view) {
  body.dataset.view = view;
  if (view === "page") return body.replaceChildren(page(mail), ...files(mail));
  if (view === "text") return body.replaceChildren(...words(mail), ...files(mail));
  const raw = await api.rawMail(mail.id);
  if (body.dataset.view === "raw") body.replaceChildren(make("pre", { class: "raw", tabindex: 0, "aria-label": "Quelltext" }, raw));
}

function page(mail) {
  const frame = make("iframe", { class: "letter-page", src: `api/mailbox/${mail.id}/html`, sandbox: SANDBOX, title: `Inhalt der E-Mail von ${nameOf(mail.from)}` });
  let width = 0;
  const fit = () => {
    const content = frame.contentDocument?.documentElement;
    if (!content) return;
    width = frame.clientWidth;
    frame.style.height = "0";
    const bar = content.scrollWidth > content.clientWidth ? SCROLLBAR : 0;
    frame.style.height = `${content.scrollHeight + bar}px`;
  };
  frame.addEventListener("load", fit);
  new ResizeObserver(() => frame.clientWidth !== width && fit()).observe(frame);
  return frame;
}

function words(mail) {
  const [own, quote] = mail.isOwn ? withoutQuote(mail.text) : [mail.text, ""];
  return [
    make("pre", { class: "letter-text" }, own),
    quote && make("details", { class: "quote" }, make("summary", {}, "Zitat der Frage"), make("pre", { class: "letter-text" }, quote)),
  ].filter(Boolean);
}

function files(mail) {
  if (mail.attachments.length === 0) return [];
  const one = (file, place) => make("li", {}, fileLink(`api/mailbox/${mail.id}/attachments/${place}`, file.name || "Anhang", file.size));
  return [make("ul", { class: "files", "aria-label": "Anhänge" }, ...mail.attachments.map(one))];
}
