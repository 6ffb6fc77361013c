// The staff group: any group that the sandbox holds, seen by one of its members.

import * as api from "./api.js";
import { bubble, dayLine, follow, withDays } from "./bubbles.js";
import * as composer from "./composer.js";
import { $, keepInStep, make } from "./dom.js";
import { moveWithArrows } from "./tabs.js";
import { attempt, toast } from "./toast.js";

const INSIDE = ["creator", "administrator", "member"];
const ROLES = { creator: "Leitung", administrator: "Administrator", member: "Mitglied", left: "nicht dabei", kicked: "entfernt" };
const GENERAL = 0; // what belongs to no topic
const SERVICES = {
  new_chat_members: (author, about) => `${about} ist jetzt dabei`,
  left_chat_member: (author, about) => `${about} ist gegangen`,
  forum_topic_created: (author, about) => `${author} hat das Thema „${about}“ eröffnet`,
  forum_topic_edited: (author, about) => `${author} hat das Thema in „${about}“ umbenannt`,
  forum_topic_closed: (author) => `${author} hat das Thema geschlossen`,
  forum_topic_reopened: (author) => `${author} hat das Thema wieder geöffnet`,
  pinned_message: (author, about) => `${author} hat „${about.slice(0, 60)}“ angeheftet`,
  migrate_to_chat_id: () => "Aus der Gruppe ist eine Supergruppe geworden",
  migrate_from_chat_id: () => "Aus der Gruppe ist eine Supergruppe geworden",
};

let groups = [];
let chosen = null;
let me = null;
let topic = GENERAL;
let answering = null;
let messages = [];
let shown = 0;
let isVisible = false;
const seen = new Map(); // the newest message of each group that was looked at
const read = new Map(); // and of each topic

const group = () => groups.find((one) => one.id === chosen) || null;
const people = () => (group() ? group().members.filter((one) => INSIDE.includes(one.status)) : []);

/** How many groups there are to show. */
export const count = () => groups.length;

/** How many groups hold something new from the bot. */
export const unread = () => groups.filter((one) => (one.last_bot_message || 0) > (seen.get(one.id) || 0)).length;

/** What is hidden cannot be scrolled, so the end is looked for when it is shown. */
export function setVisible(visible) {
  isVisible = visible;
  if (visible) $("group-messages").scrollTop = $("group-messages").scrollHeight;
}

/** Reads everything anew. */
export async function refresh() {
  groups = (await api.groups()).filter((one) => one.moved_to === null);
  if (!group()) choose(groups[0]?.id ?? null);
  if (!group()) return;
  const wanted = chosen;
  const list = await api.said(wanted);
  if (wanted !== chosen) return;
  messages = list;
  if (isVisible) seen.set(chosen, group().last_bot_message || 0);
  if (topic !== GENERAL && !group().topics.some((one) => one.id === topic)) topic = GENERAL;
  draw();
}

function choose(id) {
  chosen = id;
  topic = GENERAL;
  answering = null;
  messages = [];
}

function draw() {
  const { title, bot } = group();
  const many = people().length;
  $("group-title").textContent = title;
  $("group-state").textContent = `${many} ${many === 1 ? "Person" : "Personen"} · Bot: ${ROLES[bot]}`;
  drawChoices();
  drawTopics();
  drawMessages();
  drawAnswering();
}

function drawChoices() {
  $("group-choice").hidden = groups.length < 2;
  options($("group-select"), groups.map((one) => [String(one.id), one.title]), String(chosen));
  if (!people().some((one) => one.name === me)) me = people()[0]?.name || null;
  options($("group-me"), people().map((one) => [one.name, one.name]), me);
  $("group-text").placeholder = `${me} schreibt …`;
}

function options(select, list, value) {
  keepInStep(select, list, ([key]) => key, ([key, label]) => make("option", { value: key }, label));
  if (select.value !== value) select.value = value;
}

function drawTopics() {
  $("topics").hidden = !group().forum;
  const list = [{ id: GENERAL, name: "Allgemein", closed: false }, ...group().topics.toReversed()];
  if (isVisible) read.set(keyOf(topic), newestIn(topic));
  const tabs = list.map((one) => ({ ...one, selected: one.id === topic, unread: newestIn(one.id) > (read.get(keyOf(one.id)) || 0) }));
  keepInStep($("topics"), tabs, (one) => one.id, topicTab, true);
  $("group-chat").setAttribute("role", group().forum ? "tabpanel" : "group");
  $("group-chat").setAttribute("aria-label", group().forum ? `Thema ${list.find((one) => one.id === topic).name}` : "Gruppenchat");
  $("topic-delete").hidden = topic === GENERAL;
}

const keyOf = (thread) => `${chosen} ${thread}`;
const inTopic = (thread) => messages.filter((one) => !group().forum || topicOf(one) === thread);
const newestIn = (thread) => Math.max(0, ...inTopic(thread).filter((one) => !one.service && one.author !== me).map((one) => one.id));

function topicTab(one) {
  return make(
    "button",
    { type: "button", role: "tab", "aria-selected": String(one.selected), "aria-controls": "group-chat", tabindex: one.selected ? 0 : -1, onclick: () => open(one.id) },
    make("span", {}, one.name),
    one.closed && make("span", { class: "closed" }, "geschlossen"),
    one.unread && make("span", { class: "unread", role: "img", "aria-label": "neue Nachricht" }),
  );
}

function open(id) {
  topic = id;
  answering = null;
  draw();
  $("group-messages").scrollTop = $("group-messages").scrollHeight;
}

function drawMessages() {
  const here = inTopic(topic);
  const newest = here.length > 0 ? here[here.length - 1].id : 0;
  const box = $("group-messages");
  follow(box, newest !== shown, () => keepInStep(box, rows(here), (row) => row.key, drawn));
  shown = newest;
}

const topicOf = (one) => (group().topics.some((other) => other.id === one.message_thread_id) ? one.message_thread_id : GENERAL);

function rows(here) {
  if (here.length === 0) return [{ key: "nothing" }];
  const named = (one) => (one.author === me ? null : one.from === "bot" ? `${one.author} · Bot` : one.author);
  return withDays(here, (one) => ({ side: one.author === me ? "citizen" : "bot", who: one.service ? null : named(one), spoken: one.author, chat: chosen }));
}

function drawn(row) {
  if (row.key === "nothing") return make("p", { class: "empty" }, "Hier hat noch niemand geschrieben.");
  if (row.day) return dayLine(row.day);
  const one = row.message;
  if (one.service) return make("div", { class: "service" }, SERVICES[one.service.kind]?.(one.author, one.service.about) || one.service.kind);
  return bubble(one, { command: send, tap: tapped, reply: one.author === me ? null : reply });
}

function reply(one) {
  answering = { id: one.id, author: one.author, text: one.text };
  drawAnswering();
  $("group-text").focus();
}

function drawAnswering() {
  $("group-answering").hidden = answering === null;
  $("group-answering-words").textContent = answering ? `Antwort an ${answering.author}: ${answering.text.slice(0, 120)}` : "";
}

function send(text) {
  return attempt($("group-toast"), async () => {
    const more = { ...(answering && { reply_to: answering.id }), ...(topic !== GENERAL && { thread: topic }) };
    await api.sayIn(chosen, me, text, more);
    answering = null;
    drawAnswering();
  });
}

const tapped = (messageId, data) => attempt($("group-toast"), () => api.tapIn(chosen, me, messageId, data));

export const onToast = ({ citizen, group: where, text }) => where === chosen && citizen === me && toast($("group-toast"), text);

/** Asks once more in the button itself before it deletes the topic. */
function deleteTopic() {
  const button = $("topic-delete");
  if (button.dataset.sure) {
    attempt($("group-toast"), () => api.deleteTopic(chosen, topic));
    return calm();
  }
  button.dataset.sure = "yes";
  button.textContent = "Wirklich löschen?";
  setTimeout(calm, 4000);
}

function calm() {
  delete $("topic-delete").dataset.sure;
  $("topic-delete").textContent = "Thema löschen";
}

/** Connects the controls. */
export function begin() {
  composer.connect($("group-composer"), send);
  $("topic-delete").addEventListener("click", deleteTopic);
  $("group-answering-stop").addEventListener("click", () => {
    answering = null;
    drawAnswering();
    $("group-text").focus();
  });
  $("group-me").addEventListener("change", (event) => {
    me = event.target.value;
    draw();
  });
  $("group-select").addEventListener("change", async (event) => {
    choose(Number(event.target.value));
    await refresh();
  });
  moveWithArrows($("topics"), () => [GENERAL, ...group().topics.map((one) => one.id).toReversed()], () => topic, open);
}
