// The right side: the staff mailbox, and the staff group beside it when there is one.

import { $ } from "./dom.js";
import * as group from "./group.js";
import * as mail from "./mail.js";
import { moveWithArrows } from "./tabs.js";

const PARTS = ["mail", "group"];
let chosen = "mail";

export async function refresh() {
  await Promise.all([mail.refresh(), group.refresh()]);
  $("group-tab").hidden = group.count() === 0;
  const unread = group.unread();
  $("group-count").textContent = String(unread);
  $("group-count").setAttribute("aria-label", unread === 1 ? "Neues in einer Gruppe" : `Neues in ${unread} Gruppen`);
  $("group-count").hidden = unread === 0 || chosen === "group";
  if (group.count() === 0 && chosen === "group") open("mail");
}

function open(part) {
  chosen = part;
  for (const one of PARTS) {
    $(`${one}-tab`).setAttribute("aria-selected", String(one === part));
    $(`${one}-tab`).tabIndex = one === part ? 0 : -1;
    $(`${one}-panel`).hidden = one !== part;
  }
  group.setVisible(part === "group");
  refresh();
}

/** Connects the controls. */
export function begin() {
  for (const part of PARTS) $(`${part}-tab`).addEventListener("click", () => open(part));
  moveWithArrows($("team-tabs"), () => PARTS.filter((part) => !$(`${part}-tab`).hidden), () => chosen, open);
  group.begin();
}
