// The driver API, as functions.

/** Raises Error with the server's sentence and its `status`. */
async function call(method, path, body) {
  const options = { method, headers: body ? { "Content-Type": "application/json" } : {}, body: body && JSON.stringify(body) };
  const answer = await fetch(path, options);
  const result = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(result.error || "Das hat nicht geklappt."), { status: answer.status });
  return result;
}

const of = (name) => `api/citizens/${encodeURIComponent(name)}`;

export const citizens = () => call("GET", "api/citizens");
export const addCitizen = (name, language) => call("POST", "api/citizens", { name, language });
export const messages = (name) => call("GET", `${of(name)}/messages`);
export const write = (name, text, more) => call("POST", `${of(name)}/messages`, { text, ...more });
export const rewrite = (name, messageId, text) => call("PUT", `${of(name)}/messages/${messageId}`, { text });
export const sendThing = (name, kind, more) => call("POST", `${of(name)}/things`, { kind, ...more });
export const tap = (name, messageId, data) => call("POST", `${of(name)}/taps`, { message_id: messageId, data });
export const block = (name, blocked) => call("POST", `${of(name)}/${blocked ? "block" : "unblock"}`, {});
export const mails = () => call("GET", "api/mailbox");
export const sentMails = () => call("GET", "api/mailbox/sent");
export const draft = (id) => call("GET", `api/mailbox/${id}/draft`);
export const reply = (id, text, from, attachments) => call("POST", `api/mailbox/${id}/replies`, { text, from, attachments, quote: false });
export const rawMail = async (id) => (await fetch(`api/mailbox/${id}/raw`)).text();
export const groups = () => call("GET", "api/groups");
export const said = (group) => call("GET", `api/groups/${group}/messages`);
export const sayIn = (group, from, text, more) => call("POST", `api/groups/${group}/messages`, { from, text, ...more });
export const tapIn = (group, from, messageId, data) => call("POST", `api/groups/${group}/taps`, { from, message_id: messageId, data });
export const deleteTopic = (group, thread) => call("DELETE", `api/groups/${group}/topics/${thread}`);
export const faults = (state) => call("POST", "api/faults", { smtp: state, imap: state });
export const decisions = () => call("GET", "api/decisions");
export const state = () => call("GET", "api/state");
export const bot = (language) => call("GET", `api/bot?language=${encodeURIComponent(language)}`);

/** Calls the handlers for what happens; the browser connects again by itself. */
export function listen(handlers, onLost) {
  const source = new EventSource("api/events");
  for (const [kind, handler] of Object.entries(handlers)) {
    source.addEventListener(kind, (event) => handler(JSON.parse(event.data)));
  }
  source.addEventListener("error", onLost);
}
