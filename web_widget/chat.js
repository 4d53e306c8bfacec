// The chat page: draws what the client knows and passes on what the shopper does.

import { byId, h } from "/common/dom.js";
import { icon } from "/common/icons.js";
import { LANGS, LANG_NAMES, LANG_SHORT, matchLang, translate, translator } from "/common/i18n.js";
import { shelf } from "/common/storage.js";
import { asText, save } from "/common/saved.js";
import { COMMON } from "/common/strings.js";
import { Transcript, avatar } from "/common/transcript.js";
import { ChatClient } from "./client.js";
import { Composer } from "./composer.js";
import { Host, wear } from "./host.js";
import { RatingBox } from "./rating.js";
import { CHAT } from "./strings.js";
import { waitWords } from "./wait.js";

/** @typedef {import("/common/types.d.ts").Lang} Lang */

/** Closer to the end than this counts as reading along. */
const NEAR_END_PX = 64;
/** A hiccup shorter than this is not worth a banner. */
const NOTICE_AFTER_MS = 1_500;

const query = new URLSearchParams(location.search);
const inbox = query.get("inbox") ?? "shop";
const local = shelf("localStorage");
const langKey = `warmline.${inbox}.lang`;
const chosen = matchLang(local.get(langKey));

let words = translator(chosen ?? matchLang(query.get("lang")) ?? matchLang(navigator.language) ?? "en", COMMON, CHAT);
/** The shop's name per language. @type {Record<string, string>} */
let names = {};
let shop = "";
/** @type {Set<string>} */ let langs = new Set(LANGS);
let isOpen = false;
let follows = true;
let drawnSeq = 0;
let drawnCount = 0;
let hasDrawnHistory = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */ let noticeTimer;
let badLinkAt = 0;

const scroller = byId("scroll");
const newer = byId("newer");

const host = new Host(query.get("host"), (word) => {
  if (word.type === "opened") {
    isOpen = true;
    // Where a finger writes, focus would bring up the keyboard before anything is read.
    if (word.focus && isTouch()) byId("shop").focus();
    else if (word.focus) composer.focus();
    toEnd();
    draw();
  } else if (word.type === "closed") isOpen = false;
  else if (word.type === "theme") wear(word.accent);
  else if (word.type === "lang" && !local.get(langKey)) speak(matchLang(word.lang) ?? words.lang);
});
isOpen = !host.isFramed;

const client = new ChatClient({ inbox, lang: words.lang, onchange: drawSoon });

const composer = new Composer({
  shelf: shelf("sessionStorage"),
  key: `warmline.${inbox}.draft`,
  words: () => words,
  files: client.files,
  upload: client.upload,
  onsend: (text, files) => say(text, undefined, files),
  onwriting: () => client.writing(),
});

const rating = new RatingBox(byId("rate"), {
  shelf: local,
  key: `warmline.${inbox}.rate`,
  onrate: (verdict) => client.rate(verdict),
  ondiscard: (cid) => client.outbox.discard(cid),
});

const transcript = new Transcript(byId("log"), {
  perspective: "shopper",
  words,
  files: client.files,
  shop,
  onchoice: (button) => say(button.label, button.choice),
  onretry: ({ cid }) => client.outbox.retry(cid),
  onedit: ({ cid, text }) => {
    client.outbox.discard(cid);
    composer.take(text);
  },
  ondiscard: ({ cid }) => client.outbox.discard(cid),
});

/** @param {string} text @param {import("/common/types.d.ts").Choice} [choice] @param {import("/common/types.d.ts").Attachment[]} [files] */
function say(text, choice, files) {
  follows = true;
  client.say(text, choice, files);
  // The pressed button is gone; the next thing to do is to write.
  if (choice && !isTouch()) composer.focus();
}

function isTouch() {
  return matchMedia("(pointer: coarse)").matches;
}

/** Everything in another language, from the document's own down. @param {Lang} lang */
function speak(lang) {
  words = words.withLang(lang);
  shop = names[lang] ?? "";
  document.documentElement.lang = lang;
  translate(document, words);
  document.title = words.t("page.title", { shop });
  byId("human").replaceChildren(h("span", { class: "long" }, words.t("head.human")), h("span", { class: "short", "aria-hidden": "true" }, words.t("head.human_short")));
  byId("human").setAttribute("aria-label", words.t("head.human"));
  byId("lang-short").textContent = LANG_SHORT[lang];
  byId("lang-short").lang = lang;
  /** @type {HTMLSelectElement} */ (byId("lang")).value = lang;
  byId("shop").textContent = shop;
  const top = scroller.scrollTop;
  transcript.change({ words, shop });
  client.session.lang = lang;
  composer.staged.draw();
  composer.draw();
  draw();
  if (!follows) scroller.scrollTop = top;
}

function askForPerson() {
  say(words.t("say.human"), { do: "human" });
}

let isDrawing = false;

/** Several frames may come at once: one drawing for all. */
function drawSoon() {
  if (isDrawing) return;
  isDrawing = true;
  queueMicrotask(() => {
    isDrawing = false;
    draw();
  });
}

function draw() {
  const { log, outbox, isLoaded } = client;
  const pending = outbox.messages.flatMap(({ cid, body, at, state, code }) => (body.do === "message" ? [{ cid, at, state, code, text: body.text, files: body.files?.map((id) => client.files.of(id)) }] : []));
  drawHead();
  drawNotice();
  drawWaiting();
  rating.update({ items: log.items, status: log.status, sent: outbox.messages, words });

  // A greeting alone is nothing to keep.
  byId("save").hidden = !log.items.some((item) => item.kind === "message" && item.author.role === "shopper");
  byId("loading").hidden = isLoaded || pending.length > 0;
  const typing = log.typing && log.typing.who !== "shopper" ? log.typing : null;
  const typist = typing ? (typing.who === "bot" ? words.t("author.bot", { shop }) : typing.name ?? log.agent?.name ?? "") : "";
  byId("typing").textContent = typing ? words.t("typing.named", { name: typist }) : "";

  const logElement = byId("log");
  logElement.setAttribute("aria-busy", String(!isLoaded));
  transcript.update({ items: log.items, pending, seen: log.seen, offline: client.link.name !== "ready" });
  /** @type {HTMLTextAreaElement} */ (byId("write")).placeholder = words.t(log.status === "closed" ? "write.hint_closed" : "write.hint");

  const count = log.items.length + pending.length;
  const lastSeq = log.items.at(-1)?.seq ?? 0;
  if (count !== drawnCount || lastSeq !== drawnSeq) {
    if (follows && hasDrawnHistory) toNewest(drawnSeq);
    else if (follows) toEnd();
    else if (lastSeq > drawnSeq) newer.hidden = false;
    drawnSeq = lastSeq;
    drawnCount = count;
  } else if (follows) toEnd();
  hasDrawnHistory = isLoaded;
  look();
}

function drawHead() {
  const { status, agent } = client.log;
  const speaker = byId("speaker");
  const text = status === "assigned"
    ? agent ? words.t("head.agent", { name: agent.name }) : words.t("head.agent_unnamed")
    : words.t(`head.${status}`);
  if (speaker.textContent !== text) {
    speaker.textContent = text;
    byId("face").replaceChildren(avatar(agent ? { role: "agent", ...agent } : { role: status === "assigned" ? "shopper" : "bot" }));
  }
  byId("chat").dataset.status = status;
  byId("human").hidden = status === "queued" || status === "assigned";
}

function drawNotice() {
  const { link } = client;
  clearTimeout(noticeTimer);
  const text = byId("notice-text");
  const button = byId("notice-do");
  if (link.name === "ready") {
    badLinkAt = 0;
    byId("notice").hidden = true;
    return;
  }
  badLinkAt ||= Date.now();
  const wait = link.name === "stopped" || !navigator.onLine ? 0 : NOTICE_AFTER_MS - (Date.now() - badLinkAt);
  if (wait > 0) {
    noticeTimer = setTimeout(drawNotice, wait);
    return;
  }
  const key = link.name === "stopped"
    ? client.session.token ? "link.stopped" : "link.unknown_inbox"
    : navigator.onLine ? "link.waiting" : "link.offline";
  if (text.textContent !== words.t(key)) text.textContent = words.t(key);
  button.textContent = words.t(link.name === "stopped" ? "link.reload" : "link.now");
  button.hidden = link.name === "connecting" || (!navigator.onLine && link.name !== "stopped");
  byId("notice").hidden = false;
}

function drawWaiting() {
  const { status, place, wait } = client.log;
  byId("wait").hidden = status !== "queued";
  if (status !== "queued") return;
  // Without a time nobody is at the desk: then nobody is next either.
  const key = place === null ? "wait.title" : place <= 1 && wait ? "wait.next" : "wait.place";
  const time = waitWords(wait);
  const text = [words.t(key, place === null ? {} : { n: place }), time && words.t(time.key, time.values)].filter(Boolean).join(words.lang === "en" ? " " : "");
  if (byId("wait-place").textContent !== text) byId("wait-place").textContent = text;
}

/** Seen is what a reader has open, in front, and not scrolled away from. */
function look() {
  if (isOpen && document.visibilityState === "visible" && follows && client.isLoaded) client.look();
  host.tell({ type: "unread", count: isOpen && document.visibilityState === "visible" && follows ? 0 : client.unread });
}

function toEnd() {
  scroller.scrollTop = scroller.scrollHeight;
  newer.hidden = true;
  follows = true;
}

/** To the end, but never past the first line of what has just come. @param {number} afterSeq */
function toNewest(afterSeq) {
  toEnd();
  const firstNew = client.log.items.find((item) => item.seq > afterSeq);
  if (!firstNew) return;
  const rows = byId("log").querySelectorAll(".message");
  const newMessages = client.log.items.filter((item) => item.seq > afterSeq && (item.kind === "message" || item.kind === "note")).length;
  const pending = client.outbox.messages.length;
  const row = /** @type {HTMLElement | undefined} */ (rows[rows.length - newMessages - pending]);
  if (!row) return;
  const top = row.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  if (top < 0) scroller.scrollTop += top - 8;
}

scroller.addEventListener("scroll", () => {
  const isNear = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END_PX;
  if (isNear) newer.hidden = true;
  if (isNear !== follows) {
    follows = isNear;
    look();
  }
}, { passive: true });
// The keyboard came up, the window was turned, the composer grew: stay with the newest.
let height = scroller.clientHeight;
new ResizeObserver(() => {
  if (scroller.clientHeight !== height && follows) toEnd();
  height = scroller.clientHeight;
}).observe(scroller);

newer.prepend(icon("down"));
newer.addEventListener("click", () => {
  toEnd();
  look();
});
byId("send").append(icon("send"));
byId("close").append(icon("close"));
byId("close").hidden = !host.isFramed;
byId("close").addEventListener("click", () => host.tell({ type: "close" }));
byId("human").addEventListener("click", askForPerson);
byId("save").addEventListener("click", () => save(asText(client.log.items, { words, shop, perspective: "shopper" }), Date.now()));
byId("leave").addEventListener("click", () => say(words.t("say.leave_queue"), { do: "leave_queue" }));
byId("notice-do").addEventListener("click", () => (client.link.name === "stopped" ? location.reload() : client.socket.probe()));
byId("lang").addEventListener("change", (event) => {
  const lang = matchLang(/** @type {HTMLSelectElement} */ (event.target).value) ?? words.lang;
  local.set(langKey, lang);
  speak(lang);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.isComposing) host.tell({ type: "close" });
});
document.addEventListener("visibilitychange", look);
window.addEventListener("offline", draw);

async function configure() {
  const response = await fetch(`/api/widget/config?inbox=${encodeURIComponent(inbox)}`).catch(() => null);
  if (!response?.ok) return;
  const config = await response.json();
  names = config.names ?? {};
  if (Array.isArray(config.langs)) langs = new Set(config.langs);
  composer.allowFiles(config.files ?? 0);
  if (config.accent) wear(config.accent);
  drawLangs();
  speak(words.lang);
}

function drawLangs() {
  byId("lang").replaceChildren(...LANGS.filter((lang) => langs.has(lang)).map((lang) => h("option", { value: lang, lang }, LANG_NAMES[lang])));
}

drawLangs();
speak(words.lang);
void configure();
client.start();
host.tell({ type: "ready" });
