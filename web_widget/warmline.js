// The one script a shop puts on its pages: draws the launcher, opens the chat in a frame of our own origin.
// The conversation itself never touches the shop's page (a shadow root would not stop it from being read).
(() => {
  "use strict";
  const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
  if (!script || customElements.get("warmline-widget")) return;
  const origin = new URL(script.src).origin;

  /** @type {Record<string, Record<string, string>>} */
  const WORDS = {
    "zh-Hant": { open: "開啟客服對話", close: "關閉客服對話", label: "客服", unread: "{n} 則新訊息", loading: "客服視窗開啟中…", failed: "暫時連不上客服，請稍後再試。", again: "再試一次" },
    "zh-Hans": { open: "打开客服对话", close: "关闭客服对话", label: "客服", unread: "{n} 条新消息", loading: "正在打开客服窗口…", failed: "暂时连不上客服，请稍后再试。", again: "再试一次" },
    en: { open: "Open support chat", close: "Close support chat", label: "Support", unread: "New messages: {n}", loading: "Opening the chat…", failed: "We cannot reach support right now. Please try again in a moment.", again: "Try again" },
  };

  const CSS = `
    :host { all: initial; --a: var(--warmline-accent, #b5441b); --o: var(--warmline-on-accent, #fff); color-scheme: light dark }
    * { box-sizing: border-box; font: 600 15px/1.4 var(--warmline-font, system-ui, "PingFang TC", "PingFang SC", "Noto Sans CJK TC", "Microsoft JhengHei", sans-serif) }
    button { cursor: pointer; border: 0 }
    button:focus-visible { outline: 3px solid var(--o); box-shadow: 0 0 0 6px var(--a) }
    .launcher { position: fixed; z-index: 2147483000; inset-inline-end: var(--warmline-offset-x, 20px); bottom: var(--warmline-offset-y, 20px);
      display: flex; align-items: center; gap: 8px; min-width: 56px; height: 56px; padding: 0 20px 0 16px; border-radius: 28px;
      background: var(--a); color: var(--o); box-shadow: 0 6px 20px rgb(42 36 30 / 24%) }
    .launcher[aria-expanded="true"] { padding: 0 16px }
    svg { width: 24px; height: 24px; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round }
    .badge { position: absolute; top: -4px; inset-inline-end: -2px; min-width: 24px; height: 24px; padding: 0 6px; border-radius: 12px;
      background: #2a241e; color: #fff; border: 2px solid #fff; font-size: 13px; line-height: 20px; text-align: center }
    .panel { position: fixed; z-index: 2147483001; inset-inline-end: var(--warmline-offset-x, 20px); bottom: calc(var(--warmline-offset-y, 20px) + 68px);
      width: min(400px, calc(100vw - 40px)); height: min(680px, calc(100dvh - var(--warmline-offset-y, 20px) - 84px)); overflow: hidden;
      display: grid; border-radius: 14px; background: #fbf8f4; color: #2a241e; box-shadow: 0 8px 28px rgb(42 36 30 / 24%), 0 0 0 1px rgb(128 120 110 / 32%);
      opacity: 0; visibility: hidden; transform: translateY(8px); transition: opacity 140ms, transform 140ms, visibility 140ms }
    .panel.open { opacity: 1; visibility: visible; transform: none }
    iframe { grid-area: 1 / 1; width: 100%; height: 100%; border: 0; visibility: hidden }
    .ready.open iframe { visibility: visible }
    .holding { grid-area: 1 / 1; place-self: center; display: grid; gap: 16px; justify-items: center; padding: 24px; text-align: center }
    .holding p { margin: 0; font-weight: 400 }
    .holding button { min-height: 44px; padding: 0 20px; border-radius: 22px; background: var(--a); color: var(--o) }
    .holding .plain { background: none; color: inherit; text-decoration: underline }
    .ready .holding, [hidden] { display: none }
    .spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
    @media (max-width: 480px) {
      .panel { inset: 0; width: 100%; height: 100dvh; border-radius: 0; transform: none }
      .panel.open ~ .launcher { visibility: hidden }
      .launcher { padding: 0 16px }
      .launcher .label { display: none }
    }
    @media (prefers-color-scheme: dark) { .panel { background: #1b1815; color: #f1ebe4 } }
    @media (prefers-reduced-motion: reduce) { .panel { transition: none } }
    @media print { .launcher, .panel { display: none } }`;

  const BUBBLE = "M4 5h16v11h-9l-4 4v-4H4zM8 9.5h8M8 12.5h5";
  const CROSS = "M6 6l12 12M18 6L6 18";
  const READY_WITHIN_MS = 12_000;
  /** @type {Record<string, Set<(detail: any) => void>>} */
  const listeners = { open: new Set(), close: new Set(), unread: new Set() };

  /** The closest of our languages for any tag. @param {string | null | undefined} tag */
  const langOf = (tag) => {
    const text = (tag || "").replace(/_/g, "-").toLowerCase();
    if (/^zh-(hant|tw|hk|mo)\b/.test(text)) return "zh-Hant";
    return /^zh\b/.test(text) ? "zh-Hans" : /^en\b/.test(text) ? "en" : null;
  };

  /** @param {string} name @param {string} [className] */
  const make = (name, className) => Object.assign(document.createElement(name), className ? { className } : null);

  class WarmlineWidget extends HTMLElement {
    static observedAttributes = ["lang"];
    unread = 0;
    isOpen = false;
    isReady = false;
    /** @type {HTMLIFrameElement | null} */ frame = null;

    connectedCallback() {
      if (this.shadowRoot) return;
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      root.adoptedStyleSheets = [sheet];

      this.panel = make("div", "panel");
      this.panel.setAttribute("role", "dialog");
      this.holding = make("div", "holding");
      this.holdingText = make("p");
      this.holdingText.setAttribute("role", "status");
      this.again = make("button");
      this.again.onclick = () => this.load();
      const leave = (this.leave = make("button", "plain"));
      leave.onclick = () => this.close();
      this.holding.append(this.holdingText, this.again, leave);
      this.panel.append(this.holding);

      this.launcher = make("button", "launcher");
      this.launcher.setAttribute("aria-haspopup", "dialog");
      this.launcher.onclick = () => (this.isOpen ? this.close() : this.open());
      const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      svg.setAttribute("viewBox", "0 0 24 24");
      svg.setAttribute("aria-hidden", "true");
      this.shape = document.createElementNS(svg.namespaceURI, "path");
      svg.append(this.shape);
      this.label = make("span", "label");
      this.badge = make("span", "badge");
      this.badge.setAttribute("aria-hidden", "true");
      this.launcher.append(svg, this.label, this.badge);
      this.news = make("p", "spoken");
      this.news.setAttribute("role", "status");
      root.append(this.panel, this.launcher, this.news);

      root.addEventListener("keydown", (event) => {
        if (/** @type {KeyboardEvent} */ (event).key === "Escape" && this.isOpen) this.close();
      });
      addEventListener("message", (event) => this.hear(event));
      // With the phone's keyboard up only the parent knows what is left to see.
      window.visualViewport?.addEventListener("resize", () => this.fit());
      window.visualViewport?.addEventListener("scroll", () => this.fit());
      new MutationObserver(() => this.draw()).observe(document.documentElement, { attributeFilter: ["lang"] });

      this.draw();
      // The shopper went to another page of the shop mid-conversation: keep counting, on a desktop keep it open.
      const before = recall();
      if (before === "open" && !isPhone()) this.open(false);
      else if (before) this.load();
    }

    attributeChangedCallback() {
      this.draw();
    }

    get words() {
      return WORDS[this.language];
    }

    get language() {
      return langOf(this.getAttribute("lang")) || langOf(document.documentElement.lang) || langOf(navigator.language) || "en";
    }

    draw() {
      if (!this.launcher || !this.panel || !this.label || !this.badge) return;
      const words = this.words;
      const count = this.unread > 99 ? "99+" : String(this.unread);
      const unread = this.unread ? words.unread.replace("{n}", count) : "";
      this.shadowRoot?.querySelectorAll(".launcher, .panel").forEach((element) => element.setAttribute("lang", this.language));
      this.launcher.setAttribute("aria-expanded", String(this.isOpen));
      this.launcher.setAttribute("aria-label", [this.isOpen ? words.close : words.open, unread].filter(Boolean).join(", "));
      this.shape?.setAttribute("d", this.isOpen ? CROSS : BUBBLE);
      this.label.textContent = words.label;
      this.label.hidden = this.isOpen;
      this.badge.textContent = count;
      this.badge.hidden = !this.unread || this.isOpen;
      if (this.news) this.news.textContent = this.isOpen ? "" : unread;
      this.panel.setAttribute("aria-label", words.label);
      this.panel.setAttribute("aria-modal", String(isPhone()));
      this.panel.classList.toggle("open", this.isOpen);
      this.panel.classList.toggle("ready", this.isReady);
      if (this.holdingText) this.holdingText.textContent = this.failed ? words.failed : words.loading;
      if (this.again) Object.assign(this.again, { textContent: words.again, hidden: !this.failed });
      if (this.leave) this.leave.textContent = words.close;
      if (this.frame) this.frame.title = words.label;
      this.tell({ type: "lang", lang: this.language });
    }

    /** @param {boolean} [focus] */
    open(focus = true) {
      if (this.isOpen) return;
      this.isOpen = true;
      remember("open");
      if (!this.frame || this.failed) this.load();
      this.draw();
      this.fit();
      this.show(focus);
      emit("open", undefined);
    }

    close() {
      if (!this.isOpen) return;
      this.isOpen = false;
      remember("used");
      this.draw();
      this.tell({ type: "closed" });
      this.launcher?.focus();
      emit("close", undefined);
    }

    /** @param {boolean} focus */
    show(focus) {
      if (!this.isReady) {
        if (focus) this.leave?.focus();
        return;
      }
      if (focus) this.frame?.focus();
      this.tell({ type: "opened", focus });
    }

    load() {
      this.frame?.remove();
      this.failed = false;
      this.isReady = false;
      const address = new URL("/widget/chat", origin);
      address.search = String(new URLSearchParams({ inbox: this.getAttribute("inbox") || "shop", lang: this.language, host: location.origin }));
      this.frame = /** @type {HTMLIFrameElement} */ (make("iframe"));
      this.frame.src = address.href;
      this.frame.allow = "clipboard-write";
      this.panel?.append(this.frame);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => {
        this.failed = !this.isReady;
        this.draw();
      }, READY_WITHIN_MS);
      this.draw();
    }

    /** From our frame, from our origin, in our schema: anything else is somebody else's mail. @param {MessageEvent} event */
    hear(event) {
      if (event.origin !== origin || !this.frame || event.source !== this.frame.contentWindow) return;
      const said = event.data;
      if (!said || said.warmline !== 1) return;
      if (said.type === "ready") {
        const focused = this.shadowRoot?.activeElement;
        this.isReady = true;
        this.failed = false;
        clearTimeout(this.timer);
        const accent = getComputedStyle(this).getPropertyValue("--warmline-accent").trim();
        if (accent) this.tell({ type: "theme", accent });
        this.draw();
        if (this.isOpen) this.show(focused === this.leave || focused === this.launcher);
      } else if (said.type === "close") {
        this.close();
      } else if (said.type === "unread" && Number.isInteger(said.count) && said.count >= 0 && said.count !== this.unread) {
        this.unread = said.count;
        this.draw();
        emit("unread", this.unread);
      }
    }

    /** @param {Record<string, unknown>} said */
    tell(said) {
      if (this.isReady) this.frame?.contentWindow?.postMessage({ warmline: 1, ...said }, origin);
    }

    fit() {
      const view = window.visualViewport;
      if (!view || !this.panel) return;
      const squeezed = this.isOpen && isPhone() && view.scale === 1;
      this.panel.style.height = squeezed ? `${view.height}px` : "";
      this.panel.style.top = squeezed ? `${view.offsetTop}px` : "";
      this.panel.style.bottom = squeezed ? "auto" : "";
    }
  }

  const isPhone = () => matchMedia("(max-width: 480px)").matches;

  /** @param {string} state */
  function remember(state) {
    try {
      sessionStorage.setItem("warmline", state);
    } catch {
      // Storage is blocked: the chat simply starts closed on the next page.
    }
  }

  function recall() {
    try {
      return sessionStorage.getItem("warmline");
    } catch {
      return null;
    }
  }

  /** @param {string} name @param {unknown} detail */
  function emit(name, detail) {
    for (const listener of listeners[name]) listener(detail);
  }

  customElements.define("warmline-widget", WarmlineWidget);
  const widget = /** @type {WarmlineWidget} */ (document.querySelector("warmline-widget") || document.createElement("warmline-widget"));
  if (script.dataset.inbox) widget.setAttribute("inbox", script.dataset.inbox);
  if (script.dataset.lang) widget.setAttribute("lang", script.dataset.lang);
  if (!widget.isConnected) document.body.append(widget);

  /** @type {any} */ (window).Warmline = Object.freeze({
    open: () => widget.open(),
    close: () => widget.close(),
    /** Calls back on "open", "close" and "unread" (with the count); returns a function that stops it. @param {string} name @param {(detail: any) => void} listener */
    on(name, listener) {
      if (!listeners[name]) throw new Error(`Warmline.on: unknown event ${name}; known are ${Object.keys(listeners).join(", ")}`);
      listeners[name].add(listener);
      return () => void listeners[name].delete(listener);
    },
  });
})();
