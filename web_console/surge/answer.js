// One answer for a whole group: its words are read, the answer is written once per language, heard by the tone coach, shown
// as each will get it, and sent to all or to a part. Who joins or leaves the group meanwhile is seen at once.

import { h } from "/common/dom.js";
import { LANG_NAMES } from "/common/i18n.js";
import { api } from "../api.js";
import { Unfilled } from "../desk/unfilled.js";
import { runAndTell, sheet } from "../desk/run_result.js";
import { nameOf } from "../desk/words.js";
import { keepDraft, loadDraft } from "../drafts.js";
import { icon } from "../icons.js";
import { t, tOr } from "../words.js";
import { langsOf, portions, sameGroup, targetsOf } from "./model.js";
import { nameOfGroup } from "./words.js";

/** @typedef {import("../types.d.ts").SurgeGroup} SurgeGroup */
/** @typedef {import("../types.d.ts").Lang} Lang */
/** @typedef {import("../desk/model.js").Desk} Desk */

/** @param {Desk} desk @param {SurgeGroup} shown */
export function showSurge(desk, shown) {
  let group = shown;
  const key = `surge:${group.topic ?? group.id}`;
  /** @type {Partial<Record<Lang, string>>} */
  const texts = /** @type {Partial<Record<Lang, string>> | null} */ (loadDraft(desk.me.id, key)) ?? {};
  /** @type {Set<string>} */
  const leftOut = new Set();
  /** What the coach said, by language, of which words. @type {Map<Lang, {text: string, tone: string}>} */
  const heard = new Map();
  const samples = h("ul", { class: "surge-samples" });
  const fields = h("div", { class: "surge-texts" });
  const members = h("ul", { class: "surge-members" });
  const coach = h("div", { class: "coach", role: "status" });
  coach.hidden = true;
  const unfilled = new Unfilled();
  const honest = h("p", { class: "quiet" });
  const send = h("button", { type: "submit", class: "button primary" });
  /** @type {Map<Lang, HTMLTextAreaElement>} */
  const areas = new Map();

  const written = () => ({
    texts, left_out: leftOut,
    despite: Object.fromEntries([...heard].flatMap(([lang, { text, tone }]) => (texts[lang]?.trim() === text ? [[lang, tone]] : []))),
  });
  const count = () => {
    const targets = targetsOf(group, written());
    send.textContent = t("surge.send", { n: targets.length });
    // For one alone there is the way of every day.
    send.disabled = targets.length < 2;
    honest.textContent = t("surge.honest", { n: targets.length });
  };
  const draw = () => {
    samples.replaceChildren(...group.samples.map(({ conv, lang, text }) => h("li", {}, h("q", { lang }, text), " ", h("span", { class: "quiet" }, nameIn(desk, conv)))));
    for (const [lang, n] of langsOf(group)) {
      let area = areas.get(lang);
      if (!area) {
        const field = h("textarea", { class: "transfer-note", id: `surge-${lang}`, rows: "3", maxlength: "4000", lang, oninput: () => {
          texts[lang] = field.value;
          keepDraft(desk.me.id, key, texts);
          count();
        } });
        field.value = texts[lang] ?? "";
        area = field;
        areas.set(lang, area);
        fields.append(h("div", { class: "field" }, h("label", { class: "label", for: `surge-${lang}` }), area));
      }
      const label = area.previousElementSibling;
      if (label) label.textContent = t("surge.in_lang", { lang: LANG_NAMES[lang], n });
    }
    const langs = new Set(langsOf(group).map(([lang]) => lang));
    for (const [lang, area] of areas) if (area.parentElement) area.parentElement.hidden = !langs.has(lang);
    members.replaceChildren(...group.members.map(({ conv, lang }) => {
      const box = h("input", { type: "checkbox", checked: !leftOut.has(conv), onchange: () => { if (box.checked) leftOut.delete(conv); else leftOut.add(conv); count(); } });
      return h("li", {}, h("label", { class: "check" }, box, nameIn(desk, conv), h("span", { class: "quiet" }, LANG_NAMES[lang])));
    }));
    count();
  };
  /** Everybody's words are heard before they go; once said, they may go all the same. */
  const mayGo = async () => {
    for (const { conv, acts: [act] } of targetsOf(group, written()).toSorted(byLang(group))) {
      const lang = group.members.find((member) => member.conv === conv)?.lang;
      const area = lang && areas.get(lang);
      if (area && act.do === "answer_many" && !unfilled.allows(act.text, area)) return false;
      if (!lang || act.do !== "answer_many" || heard.get(lang)?.text === act.text || asked.has(`${lang} ${act.text}`)) continue;
      asked.add(`${lang} ${act.text}`);
      const finding = await api.coach(conv, act.text).catch(() => null);
      if (!finding) continue;
      heard.set(lang, { text: act.text, tone: finding.tone });
      coach.hidden = false;
      coach.replaceChildren(
        h("p", { class: "coach-wrong" }, icon("warn"), h("strong", {}, `${LANG_NAMES[lang]} · ${tOr(`tone.${finding.tone}`, finding.tone)}`), h("span", {}, finding.wrong)),
        h("p", { class: "coach-better" }, h("span", { class: "quiet" }, t("coach.better")), finding.better, " ", h("span", { class: "quiet" }, t("surge.send_anyway"))));
      areas.get(lang)?.focus();
      return false;
    }
    return true;
  };
  /** @type {Set<string>} */
  const asked = new Set();
  const form = h("form", {
    class: "run-form",
    onsubmit: async (/** @type {Event} */ event) => {
      event.preventDefault();
      if (send.disabled) return;
      send.disabled = true;
      const go = await mayGo();
      count();
      if (!go) return;
      coach.hidden = true;
      const targets = targetsOf(group, written());
      send.disabled = true;
      for (const some of portions(targets)) {
        if (!await runAndTell(desk, some)) return count();
      }
      keepDraft(desk.me.id, key, null);
      dialog.close();
    },
    onkeydown: (/** @type {KeyboardEvent} */ event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(); },
  },
  h("p", { class: "eyebrow" }, t("surge.samples")), samples,
  h("p", { class: "eyebrow" }, t("surge.answer")), fields, unfilled.element, coach,
  h("details", {}, h("summary", {}, t("surge.members")), members),
  honest,
  h("div", { class: "run-acts" }, send));
  const dialog = sheet("surge-answer", nameOfGroup(group), [form]);
  const title = dialog.querySelector("h2");
  const onchange = () => {
    const now = sameGroup(desk.surges.groups, group);
    // Gone as a group: who is left of it stays on the screen, and the server says of each whether it still waits.
    if (!now) return;
    group = now;
    if (title) title.textContent = nameOfGroup(group);
    draw();
  };
  desk.addEventListener("surges", onchange);
  dialog.addEventListener("close", () => desk.removeEventListener("surges", onchange));
  draw();
  areas.values().next().value?.focus();
}

/** @param {Desk} desk @param {string} conv */
function nameIn(desk, conv) {
  const row = desk.rows.get(conv);
  return nameOf(row ?? { conv });
}

/** One of each language is asked about first. @param {SurgeGroup} group */
function byLang(group) {
  const langs = new Map(group.members.map(({ conv, lang }) => [conv, lang]));
  return (/** @type {{conv: string}} */ a, /** @type {{conv: string}} */ b) => ((langs.get(a.conv) ?? "") < (langs.get(b.conv) ?? "") ? -1 : 1);
}
