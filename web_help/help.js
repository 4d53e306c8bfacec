// What the help centre does beside its pages where there is JavaScript: answers as you type, and the chat.

(() => {
  "use strict";
  const AFTER_MS = 150;
  const field = /** @type {HTMLInputElement | null} */ (document.getElementById("q"));
  const list = document.getElementById("found");
  const chat = document.getElementById("chat");

  if (chat) {
    chat.hidden = false;
    chat.addEventListener("click", () => /** @type {any} */ (window).Warmline?.open());
  }
  if (!field || !list) return;

  /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer;
  /** @type {AbortController | null} */ let asking = null;

  const hide = () => {
    clearTimeout(timer);
    asking?.abort();
    list.hidden = true;
  };

  /** @param {{title: string, lang: string, href: string}[]} found */
  const show = (found) => {
    list.replaceChildren(...found.map(({ title, lang, href }) => Object.assign(document.createElement("a"), { textContent: title, lang, href })));
    list.hidden = found.length === 0;
  };

  const ask = async () => {
    asking?.abort();
    const q = field.value.trim();
    if (!q) return hide();
    const mine = (asking = new AbortController());
    try {
      const answer = await fetch(`/help/${document.documentElement.lang}/suggest?${new URLSearchParams({ q })}`, { signal: mine.signal });
      if (answer.ok) show((await answer.json()).found);
    } catch {
      // Offline, or typed on: pressing Enter still searches.
    }
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, AFTER_MS);
  });
  const search = /** @type {HTMLFormElement} */ (field.form);
  search.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll("a")];
    if (event.key === "Escape") {
      hide();
      field.focus();
    } else if (!list.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const at = links.indexOf(/** @type {HTMLAnchorElement} */ (document.activeElement)) + (event.key === "ArrowDown" ? 1 : -1);
      (links[at] ?? field).focus();
      event.preventDefault();
    }
  });
  addEventListener("click", (event) => {
    if (event.target instanceof Node && !search.contains(event.target)) hide();
  });
})();
