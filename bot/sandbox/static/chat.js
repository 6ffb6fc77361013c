// The left side: citizens and their chats.

import * as api from "./api.js";
import { $, dayOf, formatted, keepInStep, make, timeOf } from "./dom.js";

const IDEAS = [
  "Was ist der Dritte Ort?",
  "Gibt es einen Mängelmelder?",
  "Wie funktioniert die Paketstation?",
  "Wann wird meine Mülltonne geleert?",
];
const FIRST = { name: "Petra Pfalz", language: "de" };

let known = [];
let active = null;
let seen = {};
let toastTimer = 0;
let actionTimer = 0;
let shown = [];
const profiles = {};

const current = () => known.find((one) => one.name === active) || null;

/** Reads everything anew. */
export async function refresh() {
  known = await api.citizens();
  if (known.length === 0) known = [{ ...FIRST, id: 0, blocked: false, last_bot_message: null }];
  if (!current()) active = known[0].name;
  const name = active;
  const list = await api.messages(name);
  const language = current().language;
  profiles[language] = await api.bot(language);
  if (name !== active) return;
  seen[name] = current().last_bot_message;
  drawTabs();
  draw(list);
}

function drawTabs() {
  keepInStep($("tabs"), known.map((one) => ({ ...one, selected: one.name === active, unread: isUnread(one) })), (one) => one.name, tab, true);
  const citizen = current();
  $("phone").setAttribute("aria-label", `Chat von ${citizen.name}`);
  $("block").textContent = citizen.blocked ? "Freigeben" : "Blockieren";
  $("composer-text").disabled = citizen.blocked;
  $("composer-text").placeholder = citizen.blocked ? "Der Bot ist blockiert." : `${citizen.name} schreibt …`;
  $("bot-name").textContent = profiles[citizen.language].name;
}

const isUnread = (one) => one.name !== active && one.last_bot_message !== null && one.last_bot_message !== seen[one.name];

function tab(one) {
  return make(
    "button",
    { type: "button", role: "tab", "aria-selected": String(one.selected), "aria-controls": "phone", tabindex: one.selected ? 0 : -1, onclick: () => open(one.name) },
    make("span", {}, one.name),
    one.language !== "de" && make("span", { class: "language", title: "Sprache der App" }, one.language),
    one.unread && make("span", { class: "unread", role: "img", "aria-label": "neue Antwort" }),
  );
}

async function open(name) {
  active = name;
  await refresh();
  $("messages").scrollTop = $("messages").scrollHeight;
  $("tabs").querySelector('[aria-selected="true"]')?.focus();
}

function draw(list) {
  const box = $("messages");
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  const isNews = list.length && list[list.length - 1].id !== shown[shown.length - 1]?.id;
  shown = list;
  keepInStep(box, rows(list), (row) => row.key, (row) => (row.build ? row.build() : message(row.message)));
  if (atEnd || isNews) box.scrollTop = box.scrollHeight;
}

/** Messages with the days between them; an invitation where there is nothing yet. */
function rows(list) {
  if (list.length === 0) return [{ key: `welcome ${active}`, profile: profiles[current().language], build: welcome }];
  const result = [];
  let before = "";
  for (const one of list) {
    const day = dayOf(new Date(one.date));
    if (day !== before) result.push({ key: `day ${one.id}`, day, build: () => make("div", { class: "day" }, day) });
    before = day;
    const quoted = one.reply_to && list.find((other) => other.id === one.reply_to)?.text;
    result.push({ key: one.id, message: { ...one, quoted } });
  }
  return result;
}

function message(one) {
  const text = make("div", { class: "text" }, ...formatted(one.text, one.entities, send));
  const bubble = make(
    "div",
    { class: "bubble" },
    make("span", { class: "sr" }, one.from === "bot" ? "Bot: " : `${active}: `),
    one.quoted && make("div", { class: "quoted" }, one.quoted),
    one.file && make("a", { href: `api/files/${encodeURIComponent(one.file.id)}` }, `Datei: ${one.file.name}`),
    text,
    one.reactions.length > 0 && make("span", { class: "reaction" }, one.reactions.join(" ")),
    make("time", { datetime: one.date }, (one.edited ? "bearbeitet · " : "") + timeOf(new Date(one.date))),
  );
  return make("div", { class: `message ${one.from}` }, bubble, one.buttons.length > 0 && keyboard(one));
}

function keyboard(one) {
  const button = (given) =>
    given.url
      ? make("a", { href: /^https?:/.test(given.url) ? given.url : null, target: "_blank", rel: "noopener noreferrer" }, given.text)
      : make("button", { type: "button", onclick: () => tapped(one.id, given.data) }, given.text);
  return make("div", { class: "keyboard", role: "group", "aria-label": "Auswahl" }, ...one.buttons.map((row) => make("div", {}, ...row.map(button))));
}

function welcome() {
  const { name, description } = profiles[current().language];
  return make(
    "div",
    { class: "welcome" },
    make("span", { class: "avatar", "aria-hidden": "true" }, "KL"),
    make("p", {}, description || `${name} beantwortet Fragen zu den Projekten der Stadt. Probieren Sie es aus:`),
    make("button", { type: "button", class: "primary", onclick: () => send("/start") }, "Starten"),
    make("div", { class: "ideas" }, ...IDEAS.map((idea) => make("button", { type: "button", onclick: () => send(idea) }, idea))),
  );
}

function send(text) {
  return attempt(async () => {
    const citizen = current();
    if (citizen.id === 0) await api.addCitizen(citizen.name, citizen.language);
    await api.write(citizen.name, text);
  });
}

const tapped = (messageId, data) => attempt(() => api.tap(active, messageId, data));

async function attempt(work) {
  try {
    await work();
    return true;
  } catch (error) {
    toast(error.message);
    return false;
  }
}

export function toast(text) {
  if (!text) return;
  clearTimeout(toastTimer);
  $("toast").textContent = text;
  $("toast").hidden = false;
  toastTimer = setTimeout(() => ($("toast").hidden = true), 4000);
}

export const onToast = ({ citizen, text }) => citizen === active && toast(text);

export function onAction({ citizen }) {
  if (citizen !== active) return;
  clearTimeout(actionTimer);
  $("chat-state").textContent = "schreibt …";
  actionTimer = setTimeout(() => ($("chat-state").textContent = "automatischer Assistent"), 4000);
}

function fitComposer() {
  const field = $("composer-text");
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}

async function submitComposer() {
  const field = $("composer-text");
  const text = field.value;
  if (!text.trim()) return;
  field.value = "";
  if (!(await send(text)) && !field.value) field.value = text;
  fitComposer();
}

/** Connects the controls. */
export function begin() {
  $("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    submitComposer();
  });
  $("composer-text").addEventListener("input", fitComposer);
  $("composer-text").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submitComposer();
  });
  $("block").addEventListener("click", () => attempt(() => api.block(active, !current().blocked)));
  $("tabs").addEventListener("keydown", moveBetweenTabs);
  $("add-citizen").addEventListener("click", () => {
    $("new-citizen-form").reset();
    $("citizen-error").hidden = true;
    $("new-citizen").showModal();
  });
  $("citizen-cancel").addEventListener("click", () => $("new-citizen").close());
  $("new-citizen-form").addEventListener("submit", addCitizen);
}

function moveBetweenTabs(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const index = known.findIndex((one) => one.name === active);
  open(known[(index + step + known.length) % known.length].name);
}

async function addCitizen(event) {
  event.preventDefault();
  const name = $("citizen-name").value.trim();
  try {
    await api.addCitizen(name, $("citizen-language").value);
  } catch (error) {
    $("citizen-error").textContent = error.message;
    $("citizen-error").hidden = false;
    return;
  }
  $("new-citizen").close();
  await open(name);
  $("composer-text").focus();
}
