// The demo shop's page in its three languages, as any shop might build it.

/** @typedef {"zh-Hant" | "zh-Hans" | "en"} Lang */

/** @type {Record<Lang, Record<string, string>>} */
const WORDS = {
  "zh-Hant": {
    name: "棲木生活",
    language: "語言",
    skip: "跳到商品",
    title: "讓家慢下來的幾樣東西",
    lead: "棲木生活挑選每天會用到、用久了更順手的器物：一壺水、一盞燈、一床乾淨的亞麻。",
    "promise.delivery": "台灣宅配 1–3 個工作天，滿 NT$1,200 免運",
    "promise.return": "到貨後 7 天內可退換",
    "promise.people": "真人客服每天 9:00–21:00",
    "help": "說明中心",
    goods: "商品",
    "try.title": "試試客服",
    "try.text": "這是示範商店，訂單和人物都是虛構的。打開右下角的客服，問運費、退貨期限，或貼上一筆訂單編號，再報信箱或手機末四碼。",
    "try.open": "開啟客服",
    "try.number": "訂單編號",
    "try.mail": "信箱",
    "try.digits": "手機末四碼",
    "try.story": "會看到什麼",
    "story.PW20260001": "5 天前送達，可以退換",
    "story.PW20260002": "已寄出，明天送達",
    "story.PW20260003": "因颱風延誤",
    "story.PW20260004": "兩個包裹，一個已到、一個在路上",
    "story.PW20260006": "8 天前送達，超過 7 天鑑賞期",
    "story.PW20260016": "護手霜，拆封後不能退",
    "story.PW20260031": "大陸訂單，兩個包裹，其中一個延誤",
    "story.PW20260023": "寄往英國，卡在海關",
    footer: "示範商店，所有商品、價格與文字皆為虛構。",
    console: "客服與知識庫後台",
  },
  "zh-Hans": {
    name: "栖木生活",
    language: "语言",
    skip: "跳到商品",
    title: "让家慢下来的几样东西",
    lead: "栖木生活只选每天用得上、越用越顺手的器物：一壶水、一盏灯、一床干净的亚麻。",
    "promise.delivery": "快递 2–4 天，满 ¥199 包邮",
    "promise.return": "签收后 7 天内可退换",
    "promise.people": "人工客服每天 9:00–21:00",
    "help": "帮助中心",
    goods: "商品",
    "try.title": "试试客服",
    "try.text": "这是示范商店，订单和人物都是虚构的。打开右下角的客服，问邮费、退货期限，或者发一个订单号，再报邮箱或手机后四位。",
    "try.open": "打开客服",
    "try.number": "订单号",
    "try.mail": "邮箱",
    "try.digits": "手机后四位",
    "try.story": "会看到什么",
    "story.PW20260001": "5 天前签收，可以退换",
    "story.PW20260002": "已发货，明天送到",
    "story.PW20260003": "因台风延误",
    "story.PW20260004": "两个包裹，一个已到、一个在路上",
    "story.PW20260006": "8 天前签收，超过 7 天退换期",
    "story.PW20260016": "护手霜，拆封后不能退",
    "story.PW20260031": "大陆订单，两个包裹，其中一个延误",
    "story.PW20260023": "寄往英国，卡在海关",
    footer: "示范商店，所有商品、价格与文字均为虚构。",
    console: "客服与知识库后台",
  },
  en: {
    name: "Perchwood",
    language: "Language",
    skip: "Skip to the goods",
    title: "A few things for a calmer home",
    lead: "Perchwood keeps to objects you use every day and like better every year: a kettle, a lamp, clean linen.",
    "promise.delivery": "Worldwide in 7–14 working days, free from US$150",
    "promise.return": "Returns within 7 days of delivery",
    "promise.people": "People answer every day, 9:00–21:00 Taipei time",
    "help": "Help centre",
    goods: "Goods",
    "try.title": "Try the support chat",
    "try.text": "This is a demo shop; its orders and people are invented. Open the chat at the bottom right and ask about shipping or returns, or send an order number and then the mail address or the last four digits of the phone.",
    "try.open": "Open the chat",
    "try.number": "Order",
    "try.mail": "Mail",
    "try.digits": "Last four",
    "try.story": "What you will see",
    "story.PW20260001": "delivered 5 days ago, can be returned",
    "story.PW20260002": "on its way, arrives tomorrow",
    "story.PW20260003": "late because of a typhoon",
    "story.PW20260004": "two parcels, one here and one on its way",
    "story.PW20260006": "delivered 8 days ago, past the 7 days",
    "story.PW20260016": "hand cream, not returnable once opened",
    "story.PW20260031": "to the mainland, two parcels, one of them late",
    "story.PW20260023": "to the UK, held at customs",
    footer: "A demo shop: all goods, prices and words are invented.",
    console: "Support desk and knowledge base",
  },
};

/** SKU, names and prices per language. @type {[string, Record<Lang, [string, string]>][]} */
const GOODS = [
  ["PW-KET-01", { "zh-Hant": ["紅隼手沖壺", "NT$2,480"], "zh-Hans": ["红隼手冲壶", "¥569"], en: ["Kestrel gooseneck kettle", "US$79"] }],
  ["PW-TEA-02", { "zh-Hant": ["阿里山烏龍茶 100 克", "NT$680"], "zh-Hans": ["阿里山乌龙茶 100克", "¥159"], en: ["Alishan oolong, 100 g", "US$22"] }],
  ["PW-CUP-03", { "zh-Hant": ["卵石杯 240 毫升", "NT$390"], "zh-Hans": ["卵石杯 240毫升", "¥89"], en: ["Pebble cup, 240 ml", "US$13"] }],
  ["PW-LMP-04", { "zh-Hant": ["白鷺檯燈", "NT$1,980"], "zh-Hans": ["白鹭台灯", "¥459"], en: ["Heron desk lamp", "US$65"] }],
  ["PW-DIF-05", { "zh-Hant": ["山嵐香氛機", "NT$1,680"], "zh-Hans": ["山岚香薰机", "¥389"], en: ["Mist aroma diffuser", "US$55"] }],
  ["PW-CDL-06", { "zh-Hant": ["檜木蠟燭", "NT$780"], "zh-Hans": ["桧木蜡烛", "¥179"], en: ["Cypress candle", "US$25"] }],
  ["PW-TWL-07", { "zh-Hant": ["雲朵浴巾", "NT$890"], "zh-Hans": ["云朵浴巾", "¥199"], en: ["Cloud bath towel", "US$29"] }],
  ["PW-BED-08", { "zh-Hant": ["亞麻床包組", "NT$4,280"], "zh-Hans": ["亚麻床品套装", "¥989"], en: ["Linen bedding set", "US$139"] }],
  ["PW-BAG-09", { "zh-Hant": ["雀鳥通勤後背包", "NT$2,680"], "zh-Hans": ["雀鸟通勤双肩包", "¥619"], en: ["Finch commuter backpack", "US$89"] }],
  ["PW-SKN-10", { "zh-Hant": ["山茶花護手霜 50 毫升", "NT$420"], "zh-Hans": ["山茶花护手霜 50毫升", "¥99"], en: ["Camellia hand cream, 50 ml", "US$14"] }],
  ["PW-PJM-11", { "zh-Hant": ["純棉睡衣", "NT$1,580"], "zh-Hans": ["纯棉睡衣", "¥369"], en: ["Cotton pyjamas", "US$52"] }],
  ["PW-GFT-12", { "zh-Hant": ["禮品卡", "NT$500–5,000"], "zh-Hans": ["礼品卡", "¥100–1,000"], en: ["Gift card", "US$15–150"] }],
];

/** As in demo/orders.toml: number, mail, last four of the phone. */
const ORDERS = [
  ["PW20260001", "jiaying.lin@example.com", "5601"],
  ["PW20260002", "bohan.chen@example.com", "7412"],
  ["PW20260003", "shihan.huang@example.net", "6033"],
  ["PW20260004", "guanyu.wu@example.org", "4270"],
  ["PW20260006", "mingche.tsai@example.net", "1348"],
  ["PW20260016", "emma.whitfield@example.com", "0142"],
  ["PW20260031", "yutong.wang@example.com", "5207"],
  ["PW20260023", "daniel.okafor@example.net", "0387"],
];

/**
 * @param {string} name
 * @param {...(Node | string)} children
 */
function element(name, ...children) {
  const made = document.createElement(name);
  made.append(...children);
  return made;
}

/** @param {string} sku */
function drawing(sku) {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(namespace, "use");
  use.setAttribute("href", `#${sku}`);
  svg.append(use);
  return svg;
}

/** @param {Lang} lang */
function speak(lang) {
  const words = WORDS[lang];
  document.documentElement.lang = lang;
  document.title = words.name;
  for (const place of document.querySelectorAll("[data-t]")) place.textContent = words[place.getAttribute("data-t") ?? ""];
  for (const place of document.querySelectorAll("[data-t-label]")) place.setAttribute("aria-label", words[place.getAttribute("data-t-label") ?? ""]);
  for (const link of document.querySelectorAll(".langs a")) {
    if (link.getAttribute("lang") === lang) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  document.getElementById("tiles")?.replaceChildren(...GOODS.map(([sku, names]) => {
    const [name, price] = names[lang];
    return element("li", drawing(sku), element("h3", name), element("p", price));
  }));
  document.getElementById("orders")?.replaceChildren(...ORDERS.map(([number, mail, digits]) =>
    element("tr", ...[number, mail, digits, words[`story.${number}`]].map((text) => element("td", text)))));
}

/** @param {string | null} tag @returns {Lang | null} */
function known(tag) {
  return tag !== null && tag in WORDS ? /** @type {Lang} */ (tag) : null;
}

/** The reader's own language where the address names none. @returns {Lang} */
function preferred() {
  for (const tag of navigator.languages) {
    if (/^zh-(Hans|CN|SG|MY)/i.test(tag) || /^zh$/i.test(tag)) return "zh-Hans";
    if (/^zh/i.test(tag)) return "zh-Hant";
    if (/^en/i.test(tag)) return "en";
  }
  return "zh-Hant";
}

speak(known(new URLSearchParams(location.search).get("lang")) ?? preferred());

for (const link of document.querySelectorAll(".langs a")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const lang = known(link.getAttribute("lang"));
    if (!lang) return;
    history.replaceState(null, "", `?lang=${lang}`);
    speak(lang);
  });
}

document.getElementById("open-chat")?.addEventListener("click", () => /** @type {any} */ (window).Warmline?.open());
