// The chat page's own words in the three languages; those of the transcript are in web_common/strings.js.

/** @type {import("/common/i18n.js").Phrases} */
export const CHAT = {
  "page.title": { "zh-Hant": "{shop} 客服", "zh-Hans": "{shop} 客服", en: "{shop} support" },
  "head.region": { "zh-Hant": "對話資訊", "zh-Hans": "会话信息", en: "Conversation" },
  "head.bot": { "zh-Hant": "現在由機器人回覆", "zh-Hans": "现在由机器人回复", en: "The bot is answering" },
  "head.queued": { "zh-Hant": "等候真人客服中", "zh-Hans": "正在等待人工客服", en: "Waiting for a person" },
  "head.agent": { "zh-Hant": "{name} 正在為您服務", "zh-Hans": "{name} 正在为您服务", en: "You are talking to {name}" },
  "head.agent_unnamed": { "zh-Hant": "真人客服正在為您服務", "zh-Hans": "人工客服正在为您服务", en: "You are talking to a person" },
  "head.closed": { "zh-Hant": "對話已結束", "zh-Hans": "会话已结束", en: "Conversation closed" },
  "head.lang": { "zh-Hant": "語言", "zh-Hans": "语言", en: "Language" },
  "head.close": { "zh-Hant": "關閉", "zh-Hans": "关闭", en: "Close" },
  "head.human": { "zh-Hant": "真人客服", "zh-Hans": "人工客服", en: "Talk to a person" },
  "head.human_short": { "zh-Hant": "真人客服", "zh-Hans": "人工客服", en: "A person" },

  "say.human": { "zh-Hant": "我要找真人客服", "zh-Hans": "我要转人工客服", en: "I would like to talk to a person" },
  "say.leave_queue": { "zh-Hant": "先不等了", "zh-Hans": "先不等了", en: "I will not wait any longer" },

  "log.label": { "zh-Hant": "對話內容", "zh-Hans": "聊天内容", en: "Conversation" },
  "log.newer": { "zh-Hant": "看新訊息", "zh-Hans": "查看新消息", en: "New messages" },
  "log.loading": { "zh-Hant": "正在載入對話…", "zh-Hans": "正在载入聊天记录…", en: "Loading the conversation…" },

  "wait.region": { "zh-Hant": "等候真人客服", "zh-Hans": "等待人工客服", en: "Waiting for a person" },
  "wait.title": { "zh-Hant": "已排入等候，客服會在這裡回覆您。", "zh-Hans": "已进入排队，客服会在这里回复您。", en: "You are in the queue. We will answer you here." },
  "wait.next": { "zh-Hant": "下一位就是您。", "zh-Hans": "下一位就是您。", en: "You are next." },
  "wait.place": { "zh-Hant": "您排在第 {n} 位。", "zh-Hans": "您排在第 {n} 位。", en: "You are number {n} in the queue." },
  "wait.tip": { "zh-Hant": "等候時可以先寫下訂單編號或狀況，客服接手就看得到，不用重說一次。", "zh-Hans": "等待时可以先写下订单号或具体情况，客服接手就能看到，不用再说一遍。", en: "Meanwhile you can add your order number or more details. The person who answers will see everything, so you need not repeat it." },
  "wait.leave": { "zh-Hant": "不等了，回到機器人", "zh-Hans": "不等了，回到机器人", en: "Stop waiting, back to the bot" },

  "link.offline": { "zh-Hant": "目前沒有網路。您寫的內容會留著，連上後自動送出。", "zh-Hans": "当前没有网络。您写的内容会保留，联网后自动发送。", en: "You are offline. What you write is kept and sent when you are back." },
  "link.waiting": { "zh-Hant": "連線中斷，正在重新連線。您寫的內容不會遺失。", "zh-Hans": "连接中断，正在重新连接。您写的内容不会丢失。", en: "Connection lost, trying again. Nothing you wrote is lost." },
  "link.now": { "zh-Hant": "立即重試", "zh-Hans": "立即重试", en: "Try now" },
  "link.stopped": { "zh-Hant": "這個視窗已停止更新。重新載入後，對話會從這裡繼續。", "zh-Hans": "这个窗口已停止更新。重新载入后，会话会从这里继续。", en: "This window has stopped updating. Reload it and the conversation continues where it was." },
  "link.reload": { "zh-Hant": "重新載入", "zh-Hans": "重新载入", en: "Reload" },
  "link.unknown_inbox": { "zh-Hant": "這個頁面的客服尚未開通。請改用商店頁面上的其他聯絡方式。", "zh-Hans": "这个页面的客服尚未开通。请使用商店页面上的其他联系方式。", en: "Support is not set up for this page. Please use another way to reach the shop." },

  "write.label": { "zh-Hant": "輸入訊息", "zh-Hans": "输入消息", en: "Your message" },
  "write.region": { "zh-Hant": "寫訊息", "zh-Hans": "写消息", en: "Write" },
  "write.hint": { "zh-Hant": "輸入訊息", "zh-Hans": "输入消息", en: "Write a message" },
  "write.hint_closed": { "zh-Hant": "輸入訊息，重新開啟對話", "zh-Hans": "输入消息，重新打开会话", en: "Write to reopen the conversation" },
  "write.send": { "zh-Hant": "傳送", "zh-Hans": "发送", en: "Send" },
  "write.left": { "zh-Hant": "還可以輸入 {n} 個字", "zh-Hans": "还可以输入 {n} 个字", en: { one: "{n} character left", other: "{n} characters left" } },
  "write.over": { "zh-Hant": "超過 {n} 個字，請縮短後再傳送，或分成兩則。", "zh-Hans": "超出 {n} 个字，请缩短后再发送，或分成两条。", en: { one: "{n} character too many. Please shorten it or send it in two parts.", other: "{n} characters too many. Please shorten it or send it in two parts." } },
};
