// The supervisor's wall: how the desk stands now, large enough to be read across a room. It is asked for anew when the
// desk's socket tells of a change, and now and then besides; waiting times run on by themselves.

import { h } from "/common/dom.js";
import { clock } from "/common/time.js";
import { ApiError, api } from "../api.js";
import { dueText } from "../desk/promise_bar.js";
import { slaText } from "../desk/sla.js";
import { nameOf, previewText } from "../desk/words.js";
import { errorText, toastError } from "../errors.js";
import { bindKeys } from "../keys.js";
import { hashOf } from "../router.js";
import { lang, t, waitText } from "../words.js";
import { loadOf, shareText } from "./figures.js";

/** @typedef {import("../types.d.ts").Wall} Wall */
/** @typedef {import("../types.d.ts").Seat} Seat */
/** @typedef {import("../types.d.ts").DeskRow} DeskRow */

/** Changes come in flocks. */
const AT_MOST_EVERY_MS = 1_000;
const AT_LEAST_EVERY_MS = 15_000;
/** Fewer say nothing about how right they are told. */
const FEW_WAITS = 10;

export class WallView {
  /** @type {Wall | null} */ #wall = null;
  /** @type {Map<string, string>} */ #teams = new Map();
  #askedAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #soon;
  #gone = false;

  /** @param {import("../desk/model.js").Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.body = h("div", { class: "wall-body" }, h("p", { class: "empty" }, t("admin.loading")));
    this.state = h("p", { class: "wall-state", role: "status" });
    this.element = h("div", { class: "wall scroller", tabindex: "-1" },
      h("header", { class: "place-head" }, h("h1", {}, t("wall.title")), this.state,
        h("button", { type: "button", class: "button", onclick: () => this.#full() }, t("wall.full"), h("kbd", { "aria-hidden": "true" }, "f"))),
      this.body);
    this.onchange = () => this.#askSoon();
    desk.addEventListener("rows", this.onchange);
    desk.addEventListener("seats", this.onchange);
    desk.addEventListener("link", this.onchange);
    this.ticks = setInterval(() => this.#tick(), 1_000);
    this.unbind = bindKeys("nav.wall", [{ key: "f", label: "wall.full", run: () => this.#full() }]);
    api.desk().then(({ teams }) => { this.#teams = new Map(teams.map(({ id, name }) => [id, name])); this.#draw(); }, () => {});
    void this.#ask();
  }

  dispose() {
    this.#gone = true;
    clearInterval(this.ticks);
    clearTimeout(this.#soon);
    this.unbind();
    for (const name of ["rows", "seats", "link"]) this.desk.removeEventListener(name, this.onchange);
  }

  show() {}

  #full() {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void this.element.requestFullscreen().catch(() => {});
  }

  #askSoon() {
    this.#soon ??= setTimeout(() => void this.#ask(), Math.max(0, this.#askedAt + AT_MOST_EVERY_MS - Date.now()));
  }

  async #ask() {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    this.#askedAt = Date.now();
    try {
      this.#wall = await api.wall();
      this.state.textContent = t("wall.at", { time: clock(this.#wall.at, lang()) });
      this.state.classList.remove("is-stale");
      if (!this.#gone) this.#draw();
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return;
      // What is shown is of before, and says so.
      this.state.classList.add("is-stale");
      this.state.textContent = this.#wall ? t("wall.stale", { time: clock(this.#wall.at, lang()) }) : errorText(error);
    }
  }

  /** Times run on between two answers. */
  #tick() {
    if (Date.now() - this.#askedAt > AT_LEAST_EVERY_MS) this.#askSoon();
    const now = this.desk.now();
    for (const element of this.body.querySelectorAll("[data-since]")) {
      if (element instanceof HTMLElement) element.textContent = waitText(now - Number(element.dataset.since));
    }
  }

  #draw() {
    const wall = this.#wall;
    if (!wall) return;
    const focused = document.activeElement instanceof HTMLElement && this.body.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
    const { today, told } = wall;
    const there = wall.seats.filter((seat) => seat.there);
    const slots = there.filter((seat) => seat.available).reduce((sum, seat) => sum + (seat.capacity ?? wall.usual_capacity), 0);
    this.body.replaceChildren(
      h("dl", { class: "wall-figures" },
        figure("wall.waiting", String(wall.waiting), wall.waiting > 0 && slots === 0 ? "is-bad" : ""),
        figure("wall.oldest", wall.oldest_since === null ? "–" : h("span", { "data-since": wall.oldest_since }, waitText(wall.at - wall.oldest_since)), ""),
        figure("wall.on", `${there.filter((seat) => seat.available).length} / ${there.length}`, there.length === 0 ? "is-bad" : ""),
        figure("wall.load", `${there.reduce((sum, seat) => sum + seat.active, 0)} / ${slots}`, ""),
        figure("wall.breaches", String(today.breaches), today.breaches > 0 ? "is-bad" : ""),
        figure("wall.warnings", String(today.warnings), today.warnings > 0 ? "is-warn" : ""),
        figure("wall.answered", `${today.answered} / ${today.asked}`, ""),
        figure("wall.abandoned", String(today.abandoned), ""),
        figure("wall.told", told ? shareText(told.within, lang()) : "–", told && told.within < 0.8 && told.waits >= FEW_WAITS ? "is-warn" : "", told ? t("wall.told_of", { n: told.waits }) : undefined)),
      h("div", { class: "wall-columns" },
        h("section", { class: "wall-panel" }, h("h2", {}, t("wall.queue")), this.#rows(wall.queue, "wall.nobody_waits", (row) => h("span", { "data-since": row.queued_at }, waitText(wall.at - (row.queued_at ?? wall.at)))),
          this.#parts(wall)),
        h("section", { class: "wall-panel" }, h("h2", {}, t("wall.pressing")), this.#rows(wall.pressing, "wall.nothing_presses", (row) => slaText(row, wall.at) || waitText((row.sla_due_at ?? wall.at) - wall.at))),
        wall.promised.length > 0 && h("section", { class: "wall-panel" }, h("h2", {}, t("wall.promised")), this.#promised(wall)),
        h("section", { class: "wall-panel" }, h("h2", {}, t("wall.crew")),
          h("ul", { class: "wall-crew" }, [...wall.seats].sort((a, b) => Number(b.there) - Number(a.there) || a.agent.name.localeCompare(b.agent.name)).map((seat) => this.#seat(seat, wall.usual_capacity))))));
    const again = focused && [...this.body.querySelectorAll("[data-key]")].find((one) => one instanceof HTMLElement && one.dataset.key === focused);
    if (again instanceof HTMLElement) again.focus();
  }

  /** @param {DeskRow[]} rows @param {string} none @param {(row: DeskRow) => import("/common/dom.js").Child} what */
  #rows(rows, none, what) {
    if (rows.length === 0) return h("p", { class: "quiet" }, t(none));
    return h("ol", { class: "wall-rows" }, rows.map((row) => h("li", {},
      h("a", { class: "wall-row", href: hashOf("desk", row.conv), "data-key": `${none}:${row.conv}` },
        h("span", { class: "name" }, nameOf(row)),
        h("span", { class: "quiet wall-words" }, row.assignee ? row.assignee.name : this.#teamName(row.team ?? ""), " · ", previewText(row.preview)),
        h("span", { class: (row.sla_due_at ?? Infinity) <= (this.#wall?.at ?? 0) ? "wall-time is-bad" : "wall-time" }, what(row))))));
  }

  /** Nobody who is there is reminded of these. @param {Wall} wall */
  #promised(wall) {
    return h("ol", { class: "wall-rows" }, wall.promised.map((promise) => h("li", {},
      h("a", { class: "wall-row", href: hashOf("desk", promise.conv), "data-key": `promised:${promise.conv}` },
        h("span", { class: "name" }, promise.who || nameOf({ conv: promise.conv })),
        h("span", { class: "quiet wall-words" }, promise.keeper.name, " · ", promise.said),
        h("span", { class: promise.due_at <= wall.at ? "wall-time is-bad" : "wall-time" }, dueText(promise.due_at, wall.at))),
      h("button", { type: "button", class: "button small", "data-key": `kept:${promise.id}`, onclick: () => void this.#do(() => api.dismissPromise(promise.id)) }, t("promise.dismiss")))));
  }

  /** @param {Wall} wall */
  #parts(wall) {
    const parts = [
      ...Object.entries(wall.by_team).map(([team, count]) => [this.#teamName(team), count]),
      ...Object.entries(wall.by_lang).map(([one, count]) => [t(`lang.${one}`), count]),
    ];
    return parts.length > 0 && h("ul", { class: "wall-parts", "aria-label": t("wall.parts") }, parts.map(([name, count]) => h("li", {}, h("span", {}, name), h("strong", {}, count))));
  }

  /** @param {string} team */
  #teamName(team) {
    return team === "" ? t("wall.everybodys") : this.#teams.get(team) ?? team;
  }

  /** @param {Seat} seat @param {number} usual */
  #seat(seat, usual) {
    const { agent, available, there, active } = seat;
    const state = !there ? "gone" : available ? "available" : "away";
    const capacity = seat.capacity ?? usual;
    const id = agent.id;
    return h("li", { class: `wall-seat is-${state}` },
      h("span", { class: "name" }, agent.name),
      h("span", { class: "wall-seat-state" }, h("span", { class: `seat-dot is-${state}`, "aria-hidden": "true" }), t(`wall.${state}`)),
      h("meter", { min: "0", max: String(capacity), value: String(Math.min(active, capacity)), "aria-label": t("wall.load_of", { name: agent.name }) }),
      h("span", { class: "number" }, loadOf(seat, usual)),
      h("span", { class: "wall-seat-acts" },
        h("button", { type: "button", class: "icon-button", "data-key": `less:${id}`, "aria-label": t("wall.less", { name: agent.name }), disabled: capacity <= Math.max(1, active), onclick: () => void this.#setCapacity(seat, capacity - 1) }, "−"),
        h("button", { type: "button", class: "icon-button", "data-key": `more:${id}`, "aria-label": t("wall.more", { name: agent.name }), disabled: capacity >= 200, onclick: () => void this.#setCapacity(seat, capacity + 1) }, "+"),
        h("button", { type: "button", class: "button small", "data-key": `switch:${id}`, onclick: () => void this.#do(() => api.setAvailable(id, !available)) }, t(available ? "wall.set_away" : "wall.set_available"))));
  }

  /** @param {Seat} seat @param {number} capacity */
  async #setCapacity({ agent }, capacity) {
    await this.#do(async () => {
      const { langs } = await api.desk();
      await api.setSeat(agent.id, { capacity, langs: langs[agent.id] ?? [] });
    });
  }

  /** @param {() => Promise<unknown>} deed */
  async #do(deed) {
    try {
      await deed();
      await this.#ask();
    } catch (error) {
      toastError(error);
    }
  }
}

/** @param {string} label @param {import("/common/dom.js").Child} value @param {string} tone @param {string} [small] */
function figure(label, value, tone, small) {
  return h("div", { class: `wall-figure ${tone}` }, h("dt", {}, t(label)), h("dd", {}, value, small ? h("small", {}, small) : null));
}
