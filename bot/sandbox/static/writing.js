// What a citizen is about to send: words, an answer to a message, a change of one, files or something else.

import * as api from "./api.js";
import * as composer from "./composer.js";
import { $ } from "./dom.js";
import { encoded } from "./files.js";

const PHOTOS = /^image\/(jpeg|png|webp)$/;

let about = null; // {kind: "reply" or "edit", id, text}
let put = () => {};

/** Connects the field. `deliver(work)`: does the work for the citizen whose chat is open, and tells whether it worked. */
export function begin(deliver) {
  put = composer.connect($("composer"), (text) => deliver((name) => submitted(name, text)), () => chosen().length > 0);
  $("composing-stop").addEventListener("click", clear);
  $("composer-files").addEventListener("change", draw);
  $("more").addEventListener("click", (event) => {
    const thing = event.target.closest("button")?.dataset.thing;
    if (!thing) return;
    $("more").open = false;
    if (thing === "files") return $("composer-files").click();
    deliver((name) => api.sendThing(name, thing, answered()));
    clear();
  });
  $("more").addEventListener("keydown", (event) => event.key === "Escape" && ($("more").open = false));
  document.addEventListener("click", (event) => !$("more").contains(event.target) && ($("more").open = false));
}

/** The next message answers this one. */
export function reply(one) {
  start({ kind: "reply", id: one.id, text: one.text || one.file?.name || "" });
}

/** The next message takes this one's place. */
export function edit(one) {
  start({ kind: "edit", id: one.id, text: one.text });
  $("composer-files").value = "";
  put(one.text);
}

/** Nothing is answered, changed or sent along; what was typed stays, unless it was the old text of a change. */
export function clear() {
  if (about?.kind === "edit") put("");
  about = null;
  $("composer-files").value = "";
  draw();
}

function start(what) {
  clear();
  about = what;
  draw();
  $("composer-text").focus();
}

const chosen = () => [...$("composer-files").files];
const answered = () => (about?.kind === "reply" ? { reply_to: about.id } : {});

function draw() {
  const files = chosen();
  const words = [];
  if (about) words.push(`${about.kind === "edit" ? "Ändern" : "Antwort auf"}: ${about.text.slice(0, 120)}`);
  if (files.length > 0) words.push(`Geht mit: ${files.map((file) => file.name).join(", ")}`);
  $("composing").hidden = words.length === 0;
  $("composing-words").textContent = words.join(" · ");
}

async function submitted(name, text) {
  const files = chosen();
  if (about?.kind === "edit") await api.rewrite(name, about.id, text);
  else if (files.length > 0) await sendFiles(name, text, files);
  else await api.write(name, text, answered());
  about = null;
  $("composer-files").value = "";
  draw();
}

/** Pictures as photos, everything else as documents; the words go with the first ones, as in Telegram. */
async function sendFiles(name, text, files) {
  const photos = files.filter((file) => PHOTOS.test(file.type));
  const others = files.filter((file) => !PHOTOS.test(file.type));
  let words = text.trim() ? { text } : {};
  for (const [kind, some] of [["photo", photos], ["document", others]]) {
    if (some.length === 0) continue;
    await api.sendThing(name, kind, { files: await Promise.all(some.map(encoded)), ...words, ...answered() });
    words = {};
  }
}
