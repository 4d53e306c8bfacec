// The way in: mail and password, errors in plain words, the language before anything else is known.

import { h } from "/common/dom.js";
import { LANGS, LANG_NAMES } from "/common/i18n.js";
import { ApiError, api } from "../api.js";
import { errorCode } from "../errors.js";
import { icon } from "../icons.js";
import { keepSetting, loadSetting } from "../drafts.js";
import { lang, setLang, t, waitText } from "../words.js";

/** @typedef {import("../types.d.ts").Agent} Agent */

/**
 * @param {HTMLElement} root
 * @param {{note?: "expired" | "out", onsignedin: (agent: Agent) => void}} options
 */
export function showSignIn(root, { note, onsignedin }) {
  const mail = h("input", { type: "email", name: "mail", id: "mail", class: "input", autocomplete: "username", required: true, inputmode: "email", autocapitalize: "none", spellcheck: "false" });
  const password = h("input", { type: "password", name: "password", id: "password", class: "input", autocomplete: "current-password", required: true });
  const show = h("input", { type: "checkbox", id: "show-password", onchange: () => { password.type = show.checked ? "text" : "password"; } });
  const wrong = h("p", { class: "form-error", role: "alert", id: "sign-in-error" });
  const submit = h("button", { type: "submit", class: "button primary wide" }, t("sign_in.go"));
  mail.value = loadSetting("mail", "");

  /** @param {string} text @param {string} [small] */
  const say = (text, small) => {
    wrong.replaceChildren(icon("warn"), h("span", {}, text, small ? h("small", {}, ` ${small}`) : null));
    wrong.hidden = false;
    for (const field of [mail, password]) field.setAttribute("aria-describedby", "sign-in-error");
  };
  wrong.hidden = true;

  /** @param {SubmitEvent} event */
  const onsubmit = async (event) => {
    event.preventDefault();
    wrong.hidden = true;
    if (!mail.value.trim() || !password.value) return say(t("sign_in.missing"));
    submit.disabled = true;
    submit.textContent = t("sign_in.busy");
    try {
      const agent = await api.signIn(mail.value.trim(), password.value);
      if (!agent) throw new ApiError("no_session", "", 500);
      keepSetting("mail", mail.value.trim());
      onsignedin(agent);
    } catch (error) {
      say(...signInError(error));
      submit.disabled = false;
      submit.textContent = t("sign_in.go");
      if (error instanceof ApiError && error.status === 401) password.select();
    }
  };

  const languages = h("div", { class: "sign-in-langs", role: "group", "aria-label": t("nav.language") },
    LANGS.map((one) => h("button", {
      type: "button", class: "link-button", lang: one, "aria-pressed": String(one === lang()),
      onclick: () => {
        keepSetting("mail", mail.value.trim());
        setLang(one);
        showSignIn(root, { note, onsignedin });
      },
    }, LANG_NAMES[one])));

  document.title = `${t("sign_in.title")} · ${t("app.name")}`;
  root.replaceChildren(h("main", { class: "sign-in" },
    h("div", { class: "sign-in-card" },
      h("h1", {}, h("span", { class: "brand" }, t("app.name")), h("span", { class: "spoken" }, ` ${t("sign_in.title")}`)),
      h("p", { class: "quiet" }, t("sign_in.lead")),
      note && h("p", { class: "form-note", role: "status" }, t(`sign_in.${note}`)),
      h("form", { novalidate: true, onsubmit },
        h("label", { class: "label", for: "mail" }, t("sign_in.mail")), mail,
        h("label", { class: "label", for: "password" }, t("sign_in.password")), password,
        h("label", { class: "check" }, show, t("sign_in.show")),
        wrong, submit),
      languages)));
  (mail.value ? password : mail).focus();
}

/** @param {unknown} error @returns {[string, string | undefined]} */
function signInError(error) {
  if (!(error instanceof ApiError)) return [t("sign_in.failed"), undefined];
  if (error.status === 0) return [t("sign_in.offline"), undefined];
  if (error.status === 429) {
    const seconds = error.retryAfterSeconds;
    return [seconds ? t("sign_in.too_many", { wait: waitText(seconds * 1000) }) : t("sign_in.too_many_later"), undefined];
  }
  if (error.status === 401 || error.status === 403 || error.status === 422 || error.status === 400) return [t("sign_in.wrong"), undefined];
  return [t("sign_in.failed"), errorCode(error)];
}
