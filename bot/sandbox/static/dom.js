// Builds elements. Text is only ever set as text, so nothing that anybody writes can become markup.

export const $ = (id) => document.getElementById(id);

/** An element with properties and children; strings become text nodes, nothings are left out. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/**
 * Makes the children of `parent` match `items`, keeping the element of every item that did not change.
 * With `inPlace`, a changed one is altered, not replaced, so that neither focus nor half a click is lost;
 * its listeners stay the first ones, so they may depend on the item's key only.
 */
export function keepInStep(parent, items, keyOf, build, inPlace = false) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    const signature = JSON.stringify(item);
    let element = old.get(key);
    if (!element || element.dataset.signature !== signature) {
      const fresh = build(item);
      fresh.dataset.key = key;
      fresh.dataset.signature = signature;
      if (element && inPlace) {
        alter(element, fresh);
      } else {
        if (place === element && element) place = fresh;
        element?.replaceWith(fresh);
        element = fresh;
      }
    }
    old.delete(key);
    if (place === element) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
  }
  for (const element of old.values()) element.remove();
}

function alter(element, fresh) {
  for (const name of element.getAttributeNames()) if (!fresh.hasAttribute(name)) element.removeAttribute(name);
  for (const name of fresh.getAttributeNames()) element.setAttribute(name, fresh.getAttribute(name));
  const pairs = [...element.childNodes].map((child, index) => [child, fresh.childNodes[index]]);
  const isAlike = pairs.length === fresh.childNodes.length && pairs.every(([one, other]) => one.nodeName === other.nodeName);
  if (!isAlike) element.replaceChildren(...fresh.childNodes);
  else for (const [one, other] of pairs) one.nodeType === Node.TEXT_NODE ? (one.data = other.data) : alter(one, other);
}

const LINKS = /^(https?:|mailto:|tg:)/i;

/** A text with its entities as nodes. Offsets count UTF-16 units, as strings do here. */
export function formatted(text, entities, onCommand) {
  const edges = new Set([0, text.length]);
  for (const one of entities) edges.add(one.offset).add(one.offset + one.length);
  const points = [...edges].filter((edge) => edge >= 0 && edge <= text.length).sort((a, b) => a - b);
  const nodes = [];
  for (let index = 0; index + 1 < points.length; index += 1) {
    const [start, end] = [points[index], points[index + 1]];
    const over = entities.filter((one) => one.offset <= start && one.offset + one.length >= end);
    nodes.push(over.reduceRight((node, one) => wrapped(node, one, text, onCommand), document.createTextNode(text.slice(start, end))));
  }
  return nodes;
}

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "code", blockquote: "blockquote" };

function wrapped(node, entity, text, onCommand) {
  const words = text.slice(entity.offset, entity.offset + entity.length);
  if (entity.type === "bot_command") return make("button", { type: "button", class: "command", onclick: () => onCommand(words) }, node);
  const address = { url: words, email: `mailto:${words}`, text_link: entity.url }[entity.type];
  if (address) {
    const full = LINKS.test(address) ? address : `https://${address}`;
    return make("a", { href: full, target: "_blank", rel: "noopener noreferrer" }, node);
  }
  return TAGS[entity.type] ? make(TAGS[entity.type], {}, node) : node;
}

/** A link that saves a file, with its size in bytes said in words. */
export function fileLink(address, name, size) {
  const words = size < 1024 ** 2 ? `${Math.ceil(size / 1024)} kB` : `${(size / 1024 ** 2).toFixed(1).replace(".", ",")} MB`;
  return make("a", { class: "file", href: address }, make("span", { class: "file-mark", "aria-hidden": "true" }, "↓"), make("span", {}, name), make("span", { class: "size" }, ` ${words}`));
}

// -- times, as people in Kaiserslautern read them

const format = (options) => new Intl.DateTimeFormat("de-DE", { timeZone: "Europe/Berlin", ...options });
const clock = format({ hour: "2-digit", minute: "2-digit" });
const seconds = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const short = format({ day: "2-digit", month: "2-digit" });
const full = format({ dateStyle: "long", timeStyle: "short" });

export const timeOf = (date) => clock.format(date);
export const secondsOf = (date) => seconds.format(date);
export const fullOf = (date) => `${full.format(date)} Uhr`;
const isSameDay = (one, other) => day.format(one) === day.format(other);
export const isToday = (date) => isSameDay(date, new Date());
export const briefOf = (date) => (isToday(date) ? clock.format(date) : short.format(date));

export function dayOf(date) {
  const yesterday = new Date();
  yesterday.setDate(yesterday.getDate() - 1);
  if (isToday(date)) return "Heute";
  return isSameDay(date, yesterday) ? "Gestern" : day.format(date);
}
