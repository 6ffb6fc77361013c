// Below: what the bot decided, and why.

import * as api from "./api.js";
import { $, fullOf, keepInStep, make, secondsOf } from "./dom.js";

const OUTCOMES = { answer: "Antwort", suggest: "Vorschläge", forward: "An das Team", smalltalk: "Small Talk" };

export async function refresh() {
  const list = await api.decisions();
  const counts = {};
  const keyed = list.map((one) => {
    const base = `${one.at} ${one.text}`;
    counts[base] = (counts[base] || 0) + 1;
    return { ...one, key: `${base} ${counts[base]}` };
  });
  keepInStep($("decisions"), keyed, (one) => one.key, row);
  $("no-decisions").hidden = list.length > 0;
}

function row(one) {
  const moment = new Date(one.at);
  const kind = String(one.outcome || "");
  return make(
    "tr",
    {},
    make("td", { class: "when", title: fullOf(moment) }, secondsOf(moment)),
    make("td", { class: "words" }, make("span", { class: "clamped", title: one.text }, one.text || "(Text gelöscht)"), one.citizen ? make("span", { class: "under" }, String(one.citizen)) : null),
    make(
      "td",
      {},
      make("span", { class: `outcome ${OUTCOMES[kind] ? kind : ""}` }, OUTCOMES[kind] || kind),
      one.entry && make("span", { class: "under" }, one.entry),
      one.ticket && make("span", { class: "under" }, `Vorgang ${one.ticket}`),
    ),
    make("td", { class: "why" }, one.reason || ""),
    make("td", {}, make("ol", { class: "candidates" }, ...(one.candidates || []).slice(0, 3).map(candidate))),
  );
}

function candidate(one) {
  const percent = Math.round(one.score * 100);
  const bar = make("meter", { min: 0, max: 1, value: one.score, "aria-hidden": "true" });
  return make("li", {}, make("span", { class: "score" }, `${percent} %`), bar, make("span", {}, one.entry));
}
