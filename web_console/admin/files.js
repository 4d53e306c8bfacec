// The playbook's files as they are: line numbers, the mistake at its line, every version that was, and never a silent
// overwriting.

import { h } from "/common/dom.js";
import { ago } from "/common/time.js";
import { ApiError, api } from "../api.js";
import { keepDraft, loadDraft } from "../drafts.js";
import { errorText, toastError } from "../errors.js";
import { icon } from "../icons.js";
import { hashOf } from "../router.js";
import { toast } from "../toast.js";
import { lang, t, tOr } from "../words.js";

/** @typedef {import("../types.d.ts").RuleFile} RuleFile */
/** @typedef {import("../types.d.ts").RuleFileRow} RuleFileRow */
/** @typedef {{path: string, line: number, message: string}} Mistake */

const CHECK_AFTER_MS = 600;

/** @type {import("./view.js").Page} */
export async function filesPage({ me, mayChange, query }) {
  try {
    const path = query.get("path");
    const [files, file] = await Promise.all([api.files(), path ? api.file(path) : null]);
    return h("div", { class: "admin-section admin-files" },
      h("header", { class: "place-head" }, h("h1", {}, t("admin.files"))),
      h("p", { class: "help admin-lead" }, t("admin.files.help")),
      h("ul", { class: "admin-file-list" }, files.map((one) => row(one, path))),
      file && editor(me.id, file, mayChange));
  } catch (error) {
    return h("p", { class: "empty" }, errorText(error));
  }
}

/** @param {RuleFileRow} file @param {string | null} open */
function row(file, open) {
  const name = file.path.replace(/^playbook\//u, "");
  return h("li", {}, h("a", { class: "admin-file", href: hashOf("admin", "files", { path: file.path }), "aria-current": file.path === open && "true" },
    h("span", { class: "name" }, tOr(`file.${name}`, name)), h("code", { class: "quiet" }, name)));
}

/** @param {string} me @param {RuleFile} file @param {boolean} mayChange */
function editor(me, file, mayChange) {
  const draftKey = `file:${file.path}`;
  const kept = /** @type {{version: number, text: string} | null} */ (loadDraft(me, draftKey));
  let version = kept?.version ?? file.version;
  let saved = file.text;
  const text = h("textarea", {
    class: "admin-text", spellcheck: false, wrap: "off", value: kept?.text ?? file.text, readonly: !mayChange && true,
    "aria-label": file.path, "aria-describedby": "admin-mistake",
  });
  const gutter = h("div", { class: "admin-gutter", "aria-hidden": "true" });
  const told = h("p", { class: "admin-mistake", id: "admin-mistake", role: "status" });
  const save = h("button", { type: "submit", class: "button primary", "aria-keyshortcuts": "Control+S" }, t("admin.save"), h("kbd", { "aria-hidden": "true" }, "Ctrl S"));
  const old = h("select", { class: "input", "aria-label": t("admin.files.versions"), onchange: () => void load() },
    h("option", { value: "" }, t("admin.files.now", { n: file.version })),
    file.versions.map((one) => h("option", { value: String(one.version) }, [t("admin.files.version", { n: one.version }), one.saved_by, one.saved_at && ago(one.saved_at, lang())].filter(Boolean).join(" · "))));
  /** @type {Mistake | null} */
  let mistake = null;
  let checking = 0;
  const draw = () => {
    const lines = text.value.split("\n").length;
    const here = mistake && (mistake.path === file.path || !mistake.path) ? mistake.line : 0;
    gutter.replaceChildren(...Array.from({ length: lines }, (_, at) => h("div", { class: at + 1 === here ? "is-wrong" : null }, at + 1)));
    gutter.scrollTop = text.scrollTop;
    save.disabled = !mayChange || text.value === saved;
    if (mistake) {
      const where = mistake;
      told.className = "admin-mistake is-wrong";
      told.replaceChildren(icon("warn"), where.line > 0
        ? h("button", { type: "button", class: "link-button", onclick: () => jump(where.line) }, t("admin.files.line", { line: where.line, path: where.path }))
        : where.path, h("span", {}, where.message));
    } else {
      told.className = "admin-mistake";
      told.replaceChildren(text.value === saved ? "" : t("admin.files.fine"));
    }
  };
  /** @param {number} line */
  const jump = (line) => {
    const before = text.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    const end = text.value.indexOf("\n", before);
    text.focus();
    text.setSelectionRange(before, end < 0 ? text.value.length : end);
    text.scrollTop = Math.max(0, (line - 4) * parseFloat(getComputedStyle(text).lineHeight));
  };
  const check = async () => {
    const asked = ++checking;
    try {
      const found = text.value === saved ? null : await api.checkFile(file.path, text.value);
      if (asked !== checking) return;
      mistake = found;
      draw();
    } catch {
      // Saving says it.
    }
  };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  text.addEventListener("input", () => {
    keepDraft(me, draftKey, text.value === saved ? null : { version, text: text.value });
    clearTimeout(timer);
    if (mayChange) timer = setTimeout(() => void check(), CHECK_AFTER_MS);
    draw();
  });
  text.addEventListener("scroll", () => { gutter.scrollTop = text.scrollTop; });
  const load = async () => {
    try {
      const wanted = old.value ? await api.file(file.path, Number(old.value)) : { text: saved };
      text.value = wanted.text;
      text.dispatchEvent(new Event("input"));
    } catch (error) {
      toastError(error);
    }
  };
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (save.disabled) return;
    save.disabled = true;
    try {
      const stored = await api.saveFile(file.path, version, text.value);
      ({ version } = stored);
      saved = stored.text;
      mistake = null;
      keepDraft(me, draftKey, null);
      toast(t("admin.files.saved"), { tone: "good" });
    } catch (error) {
      if (error instanceof ApiError && error.code === "invalid") mistake = error.body?.mistake ?? null;
      else if (error instanceof ApiError && error.code === "conflict") conflict(error.body?.current);
      else toastError(error);
    }
    draw();
    if (mistake?.line) jump(mistake.line);
  };
  const clash = h("div", { class: "banner banner-warn", hidden: true });
  /** Theirs and ours, and nothing is thrown away without being asked. @param {RuleFile | undefined} current */
  const conflict = (current) => {
    if (!current) return;
    clash.hidden = false;
    clash.replaceChildren(icon("warn"), h("p", {}, t("admin.files.conflict", { name: current.updated_by ?? "?" })),
      h("button", { type: "button", class: "button", onclick: () => { text.value = current.text; saved = current.text; version = current.version; clash.hidden = true; text.dispatchEvent(new Event("input")); } }, t("admin.files.theirs")),
      h("button", { type: "button", class: "button", onclick: () => { saved = current.text; version = current.version; clash.hidden = true; draw(); } }, t("admin.files.mine")));
  };
  if (kept && kept.version !== file.version) conflict(file);
  draw();
  if (kept) void check();
  return h("form", {
    class: "admin-editor", onsubmit: submit,
    onkeydown: (/** @type {KeyboardEvent} */ event) => { if ((event.ctrlKey || event.metaKey) && event.key === "s") void submit(event); },
  },
  h("header", { class: "admin-editor-head" }, h("h2", {}, h("code", {}, file.path)),
    h("span", { class: "quiet" }, file.updated_at ? t("admin.files.by", { name: file.updated_by ?? "?", when: ago(file.updated_at, lang()) }) : t("admin.files.imported")), old),
  clash, !mayChange && h("p", { class: "banner" }, t("admin.read_only")),
  h("div", { class: "admin-code" }, gutter, text), told,
  mayChange && h("div", { class: "admin-acts" }, save));
}
