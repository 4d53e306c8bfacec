// Starts the console: who is signed in, which place the address names, and what to tear down when either changes.

import { AdminView } from "./admin/view.js";
import { api, session } from "./api.js";
import { BenchView } from "./bench/view.js";
import { Desk } from "./desk/model.js";
import { watchDesk } from "./desk/notices.js";
import { DeskView } from "./desk/view.js";
import { errorText, toastError } from "./errors.js";
import { FollowUpsView } from "./follow_ups/view.js";
import { ArticlesView } from "./knowledge/articles.js";
import { loadCategories } from "./knowledge/categories.js";
import { EditorView } from "./knowledge/editor.js";
import { ImproveView } from "./improve/view.js";
import { forgetPhrases } from "./phrases/library.js";
import { forgetMacros } from "./macros/library.js";
import { MacrosView } from "./macros/view.js";
import { PhrasesView } from "./phrases/view.js";
import { go, hashOf, parseRoute } from "./router.js";
import { RulesView } from "./rules/view.js";
import { Shell } from "./shell/shell.js";
import { showSignIn } from "./shell/sign_in.js";
import { FilesView } from "./studio/view.js";
import { placesOf } from "./places.js";
import { toast } from "./toast.js";
import { WallView } from "./wall/view.js";
import { lang, setLang, t } from "./words.js";
import { byId, h } from "/common/dom.js";
import { keepsItsPage } from "/common/received.js";

/** @typedef {import("./types.d.ts").Agent} Agent */
/** @typedef {import("./types.d.ts").Lang} Lang */
/** @typedef {import("./places.js").Place} Place */
/** @typedef {{element: HTMLElement, show: (id: string | undefined, query: URLSearchParams) => void, dispose: () => void}} View */

const root = byId("app");
const NEW = "new";

/** Everything that exists while somebody is signed in. */
class Session {
  /** @type {{name: string, view: View} | null} */ #current = null;

  /** @param {Agent} me @param {string} shop its name */
  constructor(me, shop) {
    this.me = me;
    this.shop = shop;
    this.places = placesOf(me);
    this.desk = this.places.includes("desk") ? new Desk(me) : null;
    this.unwatch = this.desk ? watchDesk(this.desk, () => this.#isQueueInSight()) : () => {};
    this.desk?.addEventListener("signed_out", () => end("expired"));
    this.shell = this.#frame();
    this.onhash = () => this.route();
    addEventListener("hashchange", this.onhash);
    this.desk?.start();
    this.route();
  }

  dispose() {
    removeEventListener("hashchange", this.onhash);
    this.unwatch();
    this.#current?.view.dispose();
    this.shell.dispose();
    this.desk?.stop();
  }

  #frame() {
    const shell = new Shell(this.me, this.places, this.desk, {
      onlang: (lang) => this.speak(lang),
      onsignout: async () => {
        try {
          await api.signOut();
          end("out");
        } catch (error) {
          toastError(error);
        }
      },
    });
    document.title = t("app.name");
    root.replaceChildren(shell.element);
    return shell;
  }

  #isQueueInSight() {
    const view = this.#current?.view;
    return view instanceof DeskView && view.isQueueInSight();
  }

  /** Everything is drawn anew; what was typed is in the drafts. @param {Lang} lang */
  speak(lang) {
    setLang(lang);
    this.#current?.view.dispose();
    this.#current = null;
    this.shell.dispose();
    this.unwatch();
    this.shell = this.#frame();
    this.unwatch = this.desk ? watchDesk(this.desk, () => this.#isQueueInSight()) : () => {};
    this.route();
  }

  route() {
    const route = parseRoute(location.hash);
    if (!route || !this.places.includes(route.place)) {
      if (location.hash.length > 2) toast(t(route ? "nav.not_here" : "nav.lost"));
      return go(hashOf(this.places[0]), { replace: true });
    }
    const { place, id, query } = route;
    const name = place === "knowledge" && id ? `editor:${id}` : place;
    if (this.#current?.name !== name) {
      this.#current?.view.dispose();
      const view = this.#make(place, id);
      this.#current = { name, view };
      this.shell.main.replaceChildren(view.element);
    }
    this.shell.at(place);
    this.#current.view.show(id, query);
  }

  /** @param {Place} place @param {string | undefined} id @returns {View} */
  #make(place, id) {
    if (place === "desk" && this.desk) {
      return new DeskView(this.desk, { shop: this.shop, mayEdit: this.places.includes("knowledge") });
    }
    if (place === "follow_ups") return new FollowUpsView(this.me, this.desk);
    if (place === "wall" && this.desk) return new WallView(this.desk);
    if (place === "admin") return new AdminView(this.me);
    if (place === "phrases") return new PhrasesView(this.me);
    if (place === "macros") return new MacrosView(this.me);
    if (place === "rules") return new RulesView(this.me);
    if (place === "improve") return new ImproveView(this.me);
    if (place === "knowledge") return id ? new EditorView(this.me, id === NEW ? null : id) : new ArticlesView(this.me);
    if (place === "intents") return new FilesView(this.me);
    return new BenchView(this.me);
  }
}

/** @type {Session | null} */
let current = null;

/** @param {Agent} me */
async function begin(me) {
  if (placesOf(me).includes("knowledge")) await loadCategories();
  current = new Session(me, await shopName());
}

/** @param {"expired" | "out"} [note] why there is nobody */
function end(note) {
  if (note === "expired" && !current) return;
  current?.dispose();
  current = null;
  forgetPhrases();
  forgetMacros();
  showSignIn(root, { note, onsignedin: begin });
}

async function shopName() {
  try {
    return (await api.widgetConfig("shop")).names[lang()] ?? "";
  } catch {
    // The bot then signs as "bot" alone; nothing else needs the name.
    return "";
  }
}

session.addEventListener("expired", () => end("expired"));

async function start() {
  try {
    const me = await api.whoami();
    if (me) await begin(me);
    else end();
  } catch (error) {
    root.replaceChildren(h("main", { class: "sign-in" }, h("div", { class: "sign-in-card" },
      h("h1", { class: "brand" }, t("app.name")),
      h("p", { role: "alert" }, errorText(error)),
      h("button", { type: "button", class: "button primary", onclick: start }, t("error.retry")))));
  }
}

keepsItsPage();
void start();
