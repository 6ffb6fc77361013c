// Brings the three parts of the page together and keeps them fresh.

import * as api from "./api.js";
import * as chat from "./chat.js";
import * as decisions from "./decisions.js";
import { $ } from "./dom.js";
import * as group from "./group.js";
import * as team from "./team.js";

const SOON = 40;
const AND_AGAIN = 700; // the bot writes down its reasons a moment after it has answered
const LOOK_AGAIN = 4000;

let isRunning = false;
let isWanted = false;
let soon = 0;
let again = 0;

async function refresh() {
  if (isRunning) {
    isWanted = true;
    return;
  }
  isRunning = true;
  try {
    await Promise.all([chat.refresh(), team.refresh(), decisions.refresh(), drawState()]);
  } catch {
    lost();
  }
  isRunning = false;
  if (isWanted) {
    isWanted = false;
    refresh();
  }
}

function changed() {
  clearTimeout(soon);
  clearTimeout(again);
  soon = setTimeout(refresh, SOON);
  again = setTimeout(refresh, AND_AGAIN);
}

async function drawState() {
  const state = await api.state();
  const many = (number, one, several) => `${number} ${number === 1 ? one : several}`;
  const isDown = state.faults.smtp !== "up" || state.faults.imap !== "up";
  const parts = [
    state.bot_is_polling ? "Der Bot ist verbunden" : "Der Bot ist nicht verbunden",
    many(state.messages_from_citizens, "Nachricht an den Bot", "Nachrichten an den Bot"),
    many(state.messages_from_bot, "Nachricht von ihm", "Nachrichten von ihm"),
    many(state.staff_mails, "E-Mail an das Team", "E-Mails an das Team"),
    many(state.bot_mails, "E-Mail an den Bot", "E-Mails an den Bot"),
  ];
  if (state.updates_waiting > 0 && !state.bot_is_polling) parts.push(`${state.updates_waiting} warten auf ihn`);
  const words = parts.join(" · ");
  if ($("status").textContent !== words) $("status").textContent = words;
  $("mail-fault").checked = isDown;
  $("banner").hidden = !isDown;
  if (isDown) $("banner").textContent = "Der Mailserver ist abgeschaltet. Fragen gehen nicht verloren: Schalten Sie ihn wieder ein, dann kommen sie an.";
}

function lost() {
  $("status").textContent = "Die Verbindung ist unterbrochen. Läuft das Programm noch?";
}

$("mail-fault").addEventListener("change", async (event) => {
  try {
    await api.faults(event.target.checked ? "down" : "up");
  } catch {
    lost();
  }
});

function onToast(what) {
  chat.onToast(what);
  group.onToast(what);
}

chat.begin();
team.begin();
api.listen({ change: changed, toast: onToast, action: chat.onAction }, lost);
setInterval(changed, LOOK_AGAIN);
