// Messages as bubbles, as Telegram's apps show them: in citizens' chats and in the staff group.

import { dayOf, fileLink, formatted, make, timeOf } from "./dom.js";

/** The messages with a line for each day; `describe` adds to each what its bubble shows besides. */
export function withDays(list, describe) {
  const rows = [];
  let before = "";
  for (const one of list) {
    const day = dayOf(new Date(one.date));
    if (day !== before) rows.push({ key: `day ${one.id}`, day });
    before = day;
    const answered = one.reply_to && list.find((other) => other.id === one.reply_to);
    rows.push({ key: one.id, message: { ...one, quoted: answered && !answered.service ? shortened(answered) : null, ...describe(one) } });
  }
  return rows;
}

const THINGS = {
  voice: "🎤 Sprachnachricht",
  audio: "🎵 Audio",
  video: "🎬 Video",
  video_note: "🎬 Videonachricht",
  animation: "GIF",
  sticker: "👍 Sticker",
  location: "📍 Standort",
  venue: "📍 Ort",
  contact: "👤 Kontakt",
  poll: "📊 Umfrage",
  dice: "🎲 Würfel",
  story: "Story",
  game: "Spiel",
  invoice: "Rechnung",
  successful_payment: "Zahlung",
};

const shortened = (one) => (one.text || one.file?.name || THINGS[one.thing] || "").slice(0, 200);

export const dayLine = (day) => make("div", { class: "day" }, day);

/**
 * One message. Of its description: `side` (bot or citizen: left or right), `who` and `spoken` (a name to see, to hear).
 * `on`: {command(text), tap(id, data), reply(message), edit(message)}; without the last two there are no buttons for it.
 */
export function bubble(one, on) {
  const text = make("div", { class: "text" }, ...formatted(one.text, one.entities, on.command));
  const inside = make(
    "div",
    { class: one.file?.is_photo ? "bubble with-photo" : "bubble" },
    one.who ? make("span", { class: "who" }, one.who) : make("span", { class: "sr" }, `${one.spoken}: `),
    one.quoted && make("div", { class: "quoted" }, one.quoted),
    one.file && attached(one.file),
    one.thing && make("div", { class: "thing" }, THINGS[one.thing] || one.thing),
    one.text && text,
    one.reactions.length > 0 && make("span", { class: "reaction" }, one.reactions.join(" ")),
    make("time", { datetime: one.date }, (one.edited ? "bearbeitet · " : "") + timeOf(new Date(one.date))),
  );
  const answer = on.reply && make("button", { type: "button", class: "answer", "aria-label": `Auf diese Nachricht von ${one.spoken} antworten`, onclick: () => on.reply(one) }, "↩ Antworten");
  const change = on.edit && make("button", { type: "button", class: "answer", "aria-label": `Diese Nachricht von ${one.spoken} ändern`, onclick: () => on.edit(one) }, "✎ Ändern");
  return make("div", { class: `message ${one.side}` }, inside, one.buttons.length > 0 && keyboard(one, on.tap), answer, change);
}

function attached(file) {
  const address = `api/files/${encodeURIComponent(file.id)}`;
  if (!file.is_photo) return fileLink(address, file.name, file.size);
  const picture = make("img", { src: `${address}/picture`, alt: "Bild", width: file.width, height: file.height });
  return make("a", { class: "photo", href: address, "aria-label": "Bild herunterladen" }, picture);
}

function keyboard(one, onTap) {
  const button = (given) =>
    given.url
      ? make("a", { href: /^https?:/.test(given.url) ? given.url : null, target: "_blank", rel: "noopener noreferrer" }, given.text)
      : make("button", { type: "button", onclick: () => onTap(one.id, given.data) }, given.text);
  return make("div", { class: "keyboard", role: "group", "aria-label": "Auswahl" }, ...one.buttons.map((row) => make("div", {}, ...row.map(button))));
}

/** Draws rows into a box with keepInStep's help and follows the newest message, unless somebody reads further up. */
export function follow(box, isNews, draw) {
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  draw();
  if (atEnd || isNews) box.scrollTop = box.scrollHeight;
}
