// The left side: citizens and their chats.

import * as api from "./api.js";
import { bubble, dayLine, follow, withDays } from "./bubbles.js";
import { $, keepInStep, make } from "./dom.js";
import { moveWithArrows } from "./tabs.js";
import { attempt, toast } from "./toast.js";
import * as writing from "./writing.js";

const BEGIN = { de: "Starten", en: "Start" };
const IDEAS = {
  de: ["Wird der Stadtrat live übertragen?", "Gibt es einen Mängelmelder?", "Was ist der Dritte Ort?", "Wann wird meine Mülltonne geleert?"],
  en: ["Are the city council meetings streamed live?", "How can I report a problem to the city?", "What is the Third Place?", "When is my bin emptied?"],
};
const FIRST = { name: "Petra Pfalz", language: "de" };

let known = [];
let active = null;
let seen = {};
let actionTimer = 0;
let shown = [];
const profiles = {};

const current = () => known.find((one) => one.name === active) || null;

/** Reads everything anew. */
export async function refresh() {
  const all = await api.citizens();
  known = all.length > 0 ? all : [{ ...FIRST, id: 0, blocked: false, last_bot_message: null }];
  if (!current()) active = known[0].name;
  const { name, language } = current();
  const list = await api.messages(name);
  profiles[language] = await api.bot(language);
  if (name !== active) return;
  seen[name] = current().last_bot_message;
  drawTabs();
  draw(list);
}

function drawTabs() {
  keepInStep($("tabs"), known.map((one) => ({ ...one, selected: one.name === active, unread: isUnread(one) })), (one) => one.name, tab, true);
  const citizen = current();
  if (!citizen) return;
  $("phone").setAttribute("aria-label", `Chat von ${citizen.name}`);
  $("block").textContent = citizen.blocked ? "Freigeben" : "Blockieren";
  $("composer-text").disabled = citizen.blocked;
  $("composer-text").placeholder = citizen.blocked ? "Der Bot ist blockiert." : `${citizen.name} schreibt …`;
  if (profiles[citizen.language]) $("bot-name").textContent = profiles[citizen.language].name;
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

/** Shows a chat. The focus stays where it is: whoever types meanwhile must not be interrupted. */
async function open(name) {
  if (name !== active) writing.clear();
  active = name;
  drawTabs();
  $("tabs").querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest", inline: "nearest" });
  await refresh();
  $("messages").scrollTop = $("messages").scrollHeight;
}

function draw(list) {
  const box = $("messages");
  const isNews = list.length > 0 && list[list.length - 1].id !== shown[shown.length - 1]?.id;
  shown = list;
  follow(box, isNews, () => keepInStep(box, rows(list), (row) => row.key, drawn));
  if (list.length === 0) box.scrollTop = 0;
}

/** Messages with the days between them; an invitation where there is nothing yet. */
function rows(list) {
  if (list.length === 0) return [{ key: `welcome ${active}`, profile: profiles[current().language] }];
  return withDays(list, (one) => ({ side: one.from, spoken: one.from === "bot" ? "Bot" : active }));
}

function drawn(row) {
  if (row.day) return dayLine(row.day);
  return row.message ? bubble(row.message, { command: send, tap: tapped, ...onMessage(row.message) }) : welcome(row.profile);
}

const onMessage = (one) => (one.from === "bot" ? { reply: writing.reply } : one.text && !one.file && !one.thing ? { edit: writing.edit } : {});

function welcome({ name, description }) {
  const language = current().language === "en" ? "en" : "de";
  return make(
    "div",
    { class: "welcome" },
    make("span", { class: "avatar", "aria-hidden": "true" }, "KL"),
    make("p", {}, description || `${name} beantwortet Fragen zu den Projekten der Stadt. Probieren Sie es aus:`),
    make("button", { type: "button", class: "primary", onclick: () => send("/start") }, BEGIN[language]),
    make("div", { class: "ideas" }, ...IDEAS[language].map((idea) => make("button", { type: "button", onclick: () => send(idea) }, idea))),
  );
}

const send = (text) => deliver((name) => api.write(name, text));

/** Does something as the citizen whose chat is open, who is made known first. */
function deliver(work) {
  return attempt($("toast"), async () => {
    const citizen = current();
    if (citizen.id === 0) await api.addCitizen(citizen.name, citizen.language);
    await work(citizen.name);
  });
}

const tapped = (messageId, data) => attempt($("toast"), () => api.tap(active, messageId, data));

export const onToast = ({ citizen, group, text }) => !group && citizen === active && toast($("toast"), text);

export function onAction({ citizen }) {
  if (citizen !== active) return;
  clearTimeout(actionTimer);
  $("chat-state").textContent = "schreibt …";
  actionTimer = setTimeout(() => ($("chat-state").textContent = "automatischer Assistent"), 4000);
}

/** Connects the controls. */
export function begin() {
  writing.begin(deliver);
  $("block").addEventListener("click", () => attempt($("toast"), () => api.block(active, !current().blocked)));
  moveWithArrows($("tabs"), () => known.map((one) => one.name), () => active, open);
  $("add-citizen").addEventListener("click", () => {
    $("new-citizen-form").reset();
    $("citizen-error").hidden = true;
    $("new-citizen").showModal();
  });
  $("citizen-cancel").addEventListener("click", () => $("new-citizen").close());
  $("new-citizen-form").addEventListener("submit", addCitizen);
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
  $("composer-text").focus();
  await open(name);
}
